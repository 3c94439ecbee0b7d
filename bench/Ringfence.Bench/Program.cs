using System.CommandLine;
using Ringfence.Bench.Commands;

var root = new RootCommand("Measures Ringfence on generated clusters.")
{
    GenerateCommand.Create(),
    EngineCommand.Create(),
    DiffCommand.Create(),
    LintCommand.Create(),
    EndToEndCommand.Create(),
    MemoryCommand.Create(),
    ClientCommand.Create(),
    ApiCommand.Create(),
    FollowCommand.Create(),
    BaselineCommand.Create(),
    OracleCommand.Create(),
    ExposureCommand.Create(),
    NodeCommand.Create(),
    PacketsCommand.Create(),
    ReactionCommand.Create(),
    AgentCommand.Create(),
    LabCommand.Create(),
    ServedCommand.Create(),
    LeaksCommand.Create(),
    ApiServerCommand.Create(),
    TargetsCommand.Create(),
};
return root.Parse(args).Invoke();
