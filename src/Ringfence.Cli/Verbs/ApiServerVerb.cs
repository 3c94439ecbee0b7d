using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ringfence.Agent;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Output;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Storage;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>apiserver</c>: the embedded API server on its own.</summary>
internal static class ApiServerVerb
{
    private const int DefaultPort = 6443;

    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var data = new Option<string>("--data") { Description = "Where objects, keys and certificates are kept.", HelpName = "DIR", Required = true };
        var listen = new Option<string[]>("--listen") { Description = "Where to listen; port 0 is any that is free. Repeatable.", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => [$"127.0.0.1:{DefaultPort}"] };
        var kubeConfig = new Option<string?>("--kubeconfig") { Description = "Write a kubeconfig of the administrator here, with mode 0600 (default: DIR/kubeconfig).", HelpName = "FILE" };
        var names = new Option<string[]>("--name") { Description = "A further name or address for the server's certificate. Repeatable.", HelpName = "NAME" };
        var tokens = new Option<string?>("--token-file") { Description = "Tokens that are good, a line each: token,user,uid,\"group1,group2\".", HelpName = "FILE" };
        var clients = new Option<string?>("--client-ca-file") { Description = "Authorities whose clients' certificates are good.", HelpName = "FILE" };
        var certificate = new Option<string?>("--tls-cert-file") { Description = "The server's certificate, in place of its own.", HelpName = "FILE" };
        var key = new Option<string?>("--tls-private-key-file") { Description = "The key of that certificate.", HelpName = "FILE" };
        var command = new Command("apiserver", "Serve a Kubernetes-compatible API that kubectl drives, from one folder.") { data, listen, kubeConfig, names, tokens, clients, certificate, key };
        command.Validators.Add(result =>
        {
            if (result.GetValue(certificate) is null != result.GetValue(key) is null) result.AddError("--tls-cert-file and --tls-private-key-file go together");
            if (result.GetValue(data) is "") result.AddError("--data: name a folder for the data");
        });
        command.SetAction(parsed =>
        {
            var folder = Path.GetFullPath(parsed.GetRequiredValue(data));
            var terminal = new Terminal(noColour: true);
            foreach (var secret in (string?[])[parsed.GetValue(tokens), parsed.GetValue(key)]) WarnOfReaders(terminal, secret);
            using var logs = AgentLogs.Create(json: false);
            Run(
                new EmbeddedApiServerOptions
                {
                    DataFolder = folder,
                    Listen = [.. parsed.GetRequiredValue(listen).Select(Endpoint)],
                    Names = [.. parsed.GetValue(names) ?? []],
                    TokenFile = parsed.GetValue(tokens),
                    ClientCaFile = parsed.GetValue(clients),
                    CertificateFile = parsed.GetValue(certificate),
                    KeyFile = parsed.GetValue(key),
                    Logging = logs,
                    OnProblem = problem => terminal.Tell(Severity.Error, $"a request failed inside: {problem}"),
                },
                parsed.GetValue(kubeConfig) ?? Path.Combine(folder, "kubeconfig"), terminal).GetAwaiter().GetResult();
            return ExitCode.Yes;
        });
        return new Verb(command, Examples);
    }

    private static async Task Run(EmbeddedApiServerOptions options, string kubeConfig, Terminal terminal)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var server = await StartAsync(options);
        try
        {
            KubeConfigWriter.Write(kubeConfig, "ringfence", server.Address, server.CaPem, server.IssueToken("kubernetes-admin", User.Masters));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the kubeconfig cannot be written: {problem.Message}", "--kubeconfig FILE names another place.");
        }

        terminal.Error.WriteLine($"serving {options.DataFolder} at {server.Address}");
        terminal.Error.WriteLine($"  kubectl --kubeconfig {kubeConfig} get namespaces");
        terminal.Error.Flush();
        try
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // This is how it ends.
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static void WarnOfReaders(Terminal terminal, string? path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (path is null || OperatingSystem.IsWindows() || !File.Exists(path) || (File.GetUnixFileMode(path) & Others) == UnixFileMode.None) return;
        terminal.Tell(Severity.Warning, $"{path} is a secret that others on this machine can read or change: chmod 600 {path}");
    }

    private static async Task<EmbeddedApiServer> StartAsync(EmbeddedApiServerOptions options)
    {
        try
        {
            return await EmbeddedApiServer.StartAsync(options);
        }
        catch (StoreException problem)
        {
            throw new CommandException(problem.Message);
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            throw new CommandException($"cannot listen: {problem.Message}", "--listen ADDRESS:PORT names another place; port 0 is any that is free.");
        }
    }

    private static IPEndPoint Endpoint(string text)
    {
        var named = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        if (IPEndPoint.TryParse(named, out var endpoint) && named.EndsWith(endpoint.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) && named.Contains(':')) return endpoint;
        throw new CommandException($"--listen: '{text}' is not ADDRESS:PORT", "Such as 127.0.0.1:6443 or [::1]:6443; an address, no name.");
    }

    private const string Examples =
        """
        kubectl drives it as it drives a cluster: the server keeps pods, Services, policies and the other kinds that Ringfence knows,
        and its controllers make pods of workloads and endpoints of Services. It runs none of them: 'ringfence lab up' does.
        It listens on this machine alone unless --listen says otherwise, and needs no root.

        Examples:
          ringfence apiserver --data ~/cluster
          ringfence apiserver --data ~/cluster --listen 127.0.0.1:0 --kubeconfig ~/cluster.kubeconfig
          kubectl --kubeconfig ~/cluster.kubeconfig apply -f examples/rag
        """;
}
