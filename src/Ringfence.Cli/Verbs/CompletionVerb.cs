using System.CommandLine;

namespace Ringfence.Cli.Verbs;

/// <summary><c>completion SHELL</c>: the script with which a shell completes the command's words.</summary>
internal static class CompletionVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("completion", "Print a script that makes the shell complete words of this command.");
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        command.Arguments.Add(shell);
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return CommandLine.ExitCode.Yes;
        });
        return new Verb(command, Examples);
    }

    private const string Bash =
        """
        # ringfence completion for bash
        _ringfence() {
            local IFS=$'\n'
            COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o default -F _ringfence ringfence
        """;

    private const string Zsh =
        """
        #compdef ringfence
        # ringfence completion for zsh
        _ringfence() {
            local -a words_found
            words_found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- ${words_found:#}
            _files
        }
        compdef _ringfence ringfence
        """;

    private const string Fish =
        """
        # ringfence completion for fish
        complete -c ringfence -a "(ringfence '[suggest:'(commandline -C)']' (commandline) 2>/dev/null)"
        """;

    private const string Examples =
        """
        Examples:
          source <(ringfence completion bash)
          ringfence completion zsh > "${fpath[1]}/_ringfence"
          ringfence completion fish > ~/.config/fish/completions/ringfence.fish
        """;
}
