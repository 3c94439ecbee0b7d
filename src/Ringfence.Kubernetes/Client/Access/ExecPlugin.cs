using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>A program that says who the user is.</summary>
/// <remarks>https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins</remarks>
internal sealed record ExecPlugin
{
    private const string Group = "client.authentication.k8s.io/";
    private const int MostOutput = 1 << 20;

    /// <summary>The program: a name along <c>PATH</c>, or a path.</summary>
    public required string Command { get; init; }

    public required string ApiVersion { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>How to get the program; null where the kubeconfig does not say.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether it may, must or must not ask the user: <c>Never</c>, <c>IfAvailable</c> or <c>Always</c>.</summary>
    public string InteractiveMode { get; init; } = "IfAvailable";

    /// <summary>What it is told of the cluster, as JSON; null for nothing.</summary>
    public ReadOnlyMemory<byte>? Cluster { get; init; }

    /// <summary>Whether the program can ask the user: standard input is a terminal.</summary>
    public Func<bool> HasTerminal { get; init; } = static () => !Console.IsInputRedirected;

    /// <summary>How long it may take where it cannot ask the user.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Reads what a kubeconfig says.</summary>
    /// <exception cref="ClusterException">It is wrong.</exception>
    public static ExecPlugin Read(KubeconfigEntry user, KubeconfigEntry cluster)
    {
        var exec = user.Value.Object("exec", null);
        var place = user.Place("exec");
        if (exec.Text("command") is not { Length: > 0 } command) throw new ClusterException($"{place}: exec has no command");
        var version = exec.Text("apiVersion");
        if (version is not (Group + "v1" or Group + "v1beta1"))
            throw new ClusterException(
                $"{place}: exec has apiVersion {(string.IsNullOrEmpty(version) ? "none" : version)}: {Group}v1 and {Group}v1beta1 are known",
                "The plugin's own tool writes a new kubeconfig; update both.");
        var mode = exec.Text("interactiveMode");
        if (mode is not (null or "" or "Never" or "IfAvailable" or "Always"))
            throw new ClusterException($"{place}: interactiveMode {mode} is none of Never, IfAvailable, Always");
        if (string.IsNullOrEmpty(mode) && version == Group + "v1") throw new ClusterException($"{place}: exec needs an interactiveMode: Never, IfAvailable or Always");
        return new ExecPlugin
        {
            // As in a shell: a name is looked for along PATH, anything with a slash is a path.
            Command = command.Contains('/', StringComparison.Ordinal) ? user.File.Resolve(command) : command,
            ApiVersion = version,
            Arguments = exec.Texts("args") ?? [],
            Environment = [.. (exec.List("env") ?? []).Select(node => exec.Scope.Fields(node, null)).Select(pair => KeyValuePair.Create(pair.Text("name") ?? "", pair.Text("value") ?? ""))],
            InstallHint = exec.Text("installHint") is { Length: > 0 } hint ? hint.Trim() : null,
            InteractiveMode = string.IsNullOrEmpty(mode) ? "IfAvailable" : mode,
            // Without the type, null would be an empty text.
            Cluster = exec.Flag("provideClusterInfo") == true ? ClusterInfo(cluster) : (ReadOnlyMemory<byte>?)null,
        };
    }

    /// <summary>Runs it.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="ClusterException">It is not there, or failed.</exception>
    public async Task<byte[]> RunAsync(CancellationToken cancellation)
    {
        var isInteractive = InteractiveMode != "Never" && HasTerminal();
        if (InteractiveMode == "Always" && !isInteractive)
            throw new ClusterException($"the credential plugin {Command} has to ask the user, and standard input is no terminal");
        var start = new ProcessStartInfo(Command, Arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = !isInteractive };
        foreach (var (name, value) in Environment)
            if (name.Length > 0) start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = Info(isInteractive);
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (!isInteractive)
        {
            process.StandardInput.Close();
            limit.CancelAfter(Patience);
        }

        try
        {
            var output = await ReadAsync(process, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? output : throw new ClusterException($"the credential plugin {Command} failed with exit code {process.ExitCode}", Hints);
        }
        catch (OperationCanceledException problem) when (!cancellation.IsCancellationRequested)
        {
            throw new ClusterException($"the credential plugin {Command} did not end within {Patience.TotalSeconds:0} s", problem);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private string[] Hints => InstallHint is { } hint ? [.. hint.Split('\n').Select(line => line.TrimEnd())] : [];

    private async Task<byte[]> ReadAsync(Process process, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        var buffer = new byte[8 << 10];
        while (await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            output.Write(buffer, 0, count);
            if (output.Length > MostOutput) throw new ClusterException($"the credential plugin {Command} printed more than {MostOutput >> 20} MB");
        }

        return output.ToArray();
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception problem)
        {
            const int NoSuchFile = 2;
            throw new ClusterException(
                $"the credential plugin {Command} {(problem.NativeErrorCode == NoSuchFile ? "is not on this machine" : $"cannot be run: {problem.Message}")}", problem, Hints);
        }
    }

    private string Info(bool isInteractive)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "ExecCredential");
            writer.WriteString("apiVersion", ApiVersion);
            writer.WriteStartObject("spec");
            if (Cluster is { } cluster)
            {
                writer.WritePropertyName("cluster");
                writer.WriteRawValue(cluster.Span);
            }

            writer.WriteBoolean("interactive", isInteractive);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static ReadOnlyMemory<byte> ClusterInfo(KubeconfigEntry cluster)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            foreach (var field in (ReadOnlySpan<string>)["server", "tls-server-name", "proxy-url"])
                if (cluster.Text(field) is { } value) writer.WriteString(field, value);
            if (cluster.Value.Flag("insecure-skip-tls-verify") == true) writer.WriteBoolean("insecure-skip-tls-verify", true);
            if (cluster.Text("certificate-authority-data") is { } data) writer.WriteString("certificate-authority-data", data);
            else if (cluster.FilePath("certificate-authority") is { } path && File.Exists(path)) writer.WriteBase64String("certificate-authority-data", File.ReadAllBytes(path));
            if (Extension(cluster) is { } extension)
            {
                writer.WritePropertyName("config");
                Write(writer, extension);
            }

            writer.WriteEndObject();
        }

        return text.WrittenMemory;
    }

    // What the kubeconfig has for the plugin alone.
    private static Model.Decoding.Node? Extension(KubeconfigEntry cluster) =>
        (cluster.Value.List("extensions") ?? []).Select(node => cluster.Value.Scope.Fields(node, null))
            .FirstOrDefault(extension => extension.Text("name") == Group + "exec")["extension"];

    private static void Write(Utf8JsonWriter writer, Model.Decoding.Node node)
    {
        switch (node)
        {
            case Model.Decoding.MappingNode mapping:
                writer.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case Model.Decoding.SequenceNode list:
                writer.WriteStartArray();
                foreach (var item in list.Items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case Model.Decoding.ScalarNode { Kind: Model.Decoding.ScalarKind.Text } text:
                writer.WriteStringValue(text.Text);
                break;
            case Model.Decoding.ScalarNode scalar:
                writer.WriteRawValue(scalar.Text);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
