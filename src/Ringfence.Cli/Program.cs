return Ringfence.Cli.CommandLine.Application.Run(args);
