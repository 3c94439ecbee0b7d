namespace Ringfence.Lab.Agents;

/// <summary>The file that has what an agent says. It begins anew where it has become long, and the one before is kept.</summary>
internal static class AgentLog
{
    private const long MostBytes = 4 << 20;
    private static readonly Lock Writing = new();

    /// <summary>Adds a line. One that cannot be written is lost: the agent must not be held up.</summary>
    public static void Append(string file, string line)
    {
        lock (Writing)
            try
            {
                if (File.Exists(file) && new FileInfo(file).Length > MostBytes) File.Move(file, file + ".1", overwrite: true);
                File.AppendAllText(file, line + "\n");
            }
            catch (Exception full) when (full is IOException or UnauthorizedAccessException)
            {
                // The lab's folder is gone, or the disk is full.
            }
    }
}
