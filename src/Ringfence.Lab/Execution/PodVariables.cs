namespace Ringfence.Lab.Execution;

/// <summary>The environment of commands in a pod: what a container has, and nothing of this process.</summary>
internal static class PodVariables
{
    /// <summary>The variables.</summary>
    public static SortedDictionary<string, string> Of(PodPlace place, bool isTerminal)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = ProgramSearch.Path,
            ["HOME"] = "/root",
            ["LANG"] = "C.UTF-8",
        };
        foreach (var (name, value) in place.Variables) variables[name] = value;
        variables["HOSTNAME"] = place.HostName;
        if (isTerminal) variables.TryAdd("TERM", "xterm");
        return variables;
    }
}
