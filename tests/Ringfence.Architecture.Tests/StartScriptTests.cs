namespace Ringfence.Architecture.Tests;

/// <summary>./ringfence, in a checkout of its own and with a compiler that only notes that it was called.</summary>
public sealed class StartScriptTests : IDisposable
{
    private const string Compiler = """
        #!/usr/bin/env bash
        if [[ $1 == --list-sdks ]]; then cat "$FAKE/sdks"; exit; fi
        echo build >>"$FAKE/builds"
        while [[ $1 != --artifacts-path ]]; do shift; done
        answer=$(cat src/Ringfence.Cli/Program.cs)
        [[ ! -e $2/half ]] || answer="built from leftovers"
        : >"$2/half"
        while [[ $1 != --output ]]; do shift; done
        mkdir -p "$2"
        printf '#!/bin/bash\necho "%s: $#: $*"\nexit 7\n' "$answer" >"$2/ringfence"
        [[ $answer != wrong ]] || { echo "Program.cs(1,1): error CS1002: ; expected"; exit 1; }
        [[ $answer != killed ]] || kill -9 $PPID $$
        [[ $answer != interrupted ]] || { kill -INT $PPID; exit 1; }
        chmod +x "$2/ringfence"
        rm "$2/../half"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-start-").FullName;

    public StartScriptTests()
    {
        Shell.Require();
        Directory.CreateDirectory(At(".ci"));
        Directory.CreateDirectory(At("src/Ringfence.Cli"));
        Directory.CreateDirectory(At("examples"));
        Directory.CreateDirectory(At("fake"));
        File.Copy(Repository.At("ringfence"), At("ringfence"));
        File.Copy(Repository.At(".ci", "sdk.sh"), At(".ci/sdk.sh"));
        File.WriteAllText(At("global.json"), "{}");
        File.WriteAllText(At("Directory.Build.props"), "<Project/>");
        File.WriteAllText(At("fake/dotnet"), Compiler.ReplaceLineEndings("\n"));
        File.WriteAllText(At("fake/sdks"), "9.0.100 [/sdk]\n10.0.401 [/sdk]\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(At("fake/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Source("one");
    }

    private int Builds => File.Exists(At("fake/builds")) ? File.ReadLines(At("fake/builds")).Count() : 0;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_Twice_BuildsOnceAndPassesArgumentsAndExitCodeOn()
    {
        Assert.Equal((7, "one: 2: can a  b\n", ""), await Start("./ringfence can 'a  b'"));
        Assert.Equal((7, "one: 0: \n", ""), await Start("./ringfence"));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Start_SourceChanged_BuildsAgain()
    {
        await Start("./ringfence");
        Source("two");

        Assert.Equal("two: 0: \n", (await Start("./ringfence")).Output);
        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task Start_SourceReplacedByAnOlderFile_BuildsAgain()
    {
        await Start("./ringfence");

        var (_, output, _) = await Start("echo old >x && touch -d 2001-01-01 x && cp -p x src/Ringfence.Cli/Program.cs && ./ringfence");

        Assert.Equal("old: 0: \n", output);
    }

    [Fact]
    public async Task Start_SourceRemoved_BuildsAgain()
    {
        File.WriteAllText(At("src/Ringfence.Cli/Other.cs"), "");
        await Start("./ringfence");
        File.Delete(At("src/Ringfence.Cli/Other.cs"));
        await Start("./ringfence");

        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task Start_SourceChangedBack_TakesTheFormerBuild()
    {
        await Start("./ringfence");
        Source("two");
        await Start("./ringfence");
        Source("one");

        Assert.Equal("one: 0: \n", (await Start("./ringfence")).Output);
        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task Start_BuildOutputChanged_DoesNotBuild()
    {
        await Start("./ringfence");
        Directory.CreateDirectory(At("src/Ringfence.Cli/obj"));
        File.WriteAllText(At("src/Ringfence.Cli/obj/x.cs"), "");
        await Start("./ringfence");

        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Start_ManyAtOnce_BuildsOnceAndAllRun()
    {
        var (_, output, _) = await Start("for i in 1 2 3 4 5 6; do ./ringfence $i & done; wait");

        Assert.Equal(["one: 1: 1", "one: 1: 2", "one: 1: 3", "one: 1: 4", "one: 1: 5", "one: 1: 6"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Start_BuildFails_ShowsWhyAndExits3()
    {
        Source("wrong");

        Assert.Equal(
            (3, "", "Program.cs(1,1): error CS1002: ; expected\nringfence: the build failed; its output is above\n"),
            await Start("./ringfence"));
    }

    [Theory, InlineData("killed", 137), InlineData("interrupted", 130)]
    public async Task Start_BuildCutShort_TheNextOneIsWhole(string how, int exitCode)
    {
        await Start("./ringfence");
        Source(how);

        Assert.Equal((exitCode, ""), await Start("./ringfence") is var (code, output, _) ? (code, output) : default);
        Source("two");
        Assert.Equal("two: 0: \n", (await Start("./ringfence")).Output);
    }

    [Fact]
    public async Task Start_ThroughLinksFromElsewhere_FindsItsCheckout()
    {
        var (_, output, _) = await Start("mkdir -p a/b && ln -s ../../ringfence a/b/rf && ln -s b/rf a/rf && cd / && \"$OLDPWD/a/rf\" x");

        Assert.Equal("one: 1: x\n", output);
    }

    [Fact]
    public async Task Start_BuildNotWritable_SaysSoAndExits3()
    {
        // Root may write to read-only folders, so something that cannot become a folder stands in for one.
        File.WriteAllText(At("artifacts"), "");

        Assert.Equal(
            (3, "", $"ringfence: must be built, but {At("artifacts")} cannot be written to. Build as a user who may write there, or copy the checkout.\n"),
            await Start("./ringfence"));
    }

    [Fact]
    public async Task Start_NoSdk_SaysHowToGetItAndExits3()
    {
        File.WriteAllText(At("fake/sdks"), "9.0.100 [/sdk]\n");
        // Not on this machine's apt: the test must never install anything.
        File.WriteAllText(At("fake/apt-cache"), "#!/bin/bash\n");
        await Shell.Run(_folder, "chmod +x fake/apt-cache");

        var (exitCode, output, error) = await Start("./ringfence");

        Assert.Equal((3, ""), (exitCode, output));
        Assert.Equal(
            "ringfence: the .NET 10 SDK is missing. Install it, then run this again:\n  curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0\n",
            error);
    }

    private string At(string path) => Path.Combine(_folder, path);

    private void Source(string answer) => File.WriteAllText(At("src/Ringfence.Cli/Program.cs"), answer);

    private Task<(int ExitCode, string Output, string Error)> Start(string script) => Shell.Run(
        _folder, script, ("FAKE", At("fake")), ("PATH", At("fake") + ":" + Environment.GetEnvironmentVariable("PATH")));
}
