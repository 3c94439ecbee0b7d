using System.Text;
using Microsoft.Data.Sqlite;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.Tests.ApiServer;

public sealed class ObjectStoreTests
{
    [Fact]
    public void Restart_KeepsObjects_VersionsAndChanges()
    {
        using var server = new TestApi();
        var start = server.Api.State.Version;
        server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));
        server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("b"));
        Change(server, "a", "2");
        server.Api.Delete(TestApi.ConfigMaps, "default", "b");
        var before = Told(server, start);
        var version = server.Api.State.Version;

        server.Restart();

        Assert.Equal(version, server.Api.State.Version);
        Assert.Equal("2", (string?)Assert.Single(server.Api.List(TestApi.ConfigMaps, "default").Items).Parse()["data"]!["key"]);
        Assert.Equal(before, Told(server, start));
        Assert.Equal(4, before.Count);
    }

    [Fact]
    public void Compaction_ForgetsOldChanges_AndNoObject()
    {
        using var server = new TestApi(new StoreOptions { MostChanges = 20 });
        var start = server.Api.State.Version;
        server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("still"));
        for (var i = 0; i < 200; i++)
        {
            server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("passing"));
            Change(server, "passing", "2");
            server.Api.Delete(TestApi.ConfigMaps, "default", "passing");
        }

        Check();
        server.Restart();
        Check();

        void Check()
        {
            Assert.Equal(410, Assert.Throws<ApiException>(() => Told(server, start)).Code);
            Assert.InRange(Told(server, server.Api.Log.Floor).Count, 15, 20);
            Assert.Equal("still", Assert.Single(server.Api.List(TestApi.ConfigMaps).Items).Name);
            Assert.InRange(Rows(server), 15, 35);
        }
    }

    [Fact]
    public void Bytes_BoundTheChangesToo()
    {
        using var server = new TestApi(new StoreOptions { MostBytes = 100_000 });
        server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));
        for (var i = 0; i < 30; i++) Change(server, "a", new string((char)('a' + i % 26), 20_000));

        Assert.InRange(Told(server, server.Api.Log.Floor).Count, 1, 5);
    }

    [Fact]
    public void Folder_ThatAnotherServerUses_IsRefused()
    {
        using var server = new TestApi();

        var refused = Assert.Throws<StoreException>(() => ObjectStore.Open(server.Folder));

        Assert.Contains("in use by another server", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_OfAnotherProgram_IsRefused()
    {
        using var folder = new TempFolder();
        folder.Write("objects.db", "this is not a database, whatever its name says, and long enough to be looked at as one");

        Assert.Contains("no SQLite database", Assert.Throws<StoreException>(() => ObjectStore.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Database_OfAnotherProgram_IsRefused_AndStaysAsItIs()
    {
        using var folder = new TempFolder();
        using (var connection = new SqliteConnection($"Data Source={folder.File("objects.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (x)";
            command.ExecuteNonQuery();
        }

        var bytes = File.ReadAllBytes(folder.File("objects.db"));
        Assert.Contains("another program", Assert.Throws<StoreException>(() => ObjectStore.Open(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("objects.db")));
    }

    [Fact]
    public void File_ThatIsDamaged_IsRefused_WithItsName()
    {
        using var folder = new TempFolder();
        using (var store = ObjectStore.Open(folder.Path))
        {
            for (var i = 0; i < 100; i++) store.Put(TestApi.ConfigMaps, "default", $"n{i}", null, TestApi.ConfigMap($"n{i}", new string('x', 1000)));
        }

        var path = folder.File("objects.db");
        var bytes = File.ReadAllBytes(path);
        for (var i = 4096 * 3; i < bytes.Length; i++) bytes[i] = (byte)(i * 31);
        File.WriteAllBytes(path, bytes);

        var refused = Assert.Throws<StoreException>(() => ObjectStore.Open(folder.Path));

        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_AreForTheirOwnerAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        using var server = new TestApi();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Folder, "objects.db")));
    }

    [Fact]
    public void Put_OfWhatSomebodyElseWrote_IsNotDone()
    {
        using var server = new TestApi();
        var made = server.Store.Put(TestApi.ConfigMaps, "default", "a", null, TestApi.ConfigMap("a"))!;
        var changed = server.Store.Put(TestApi.ConfigMaps, "default", "a", made, TestApi.ConfigMap("a", "2"));

        Assert.NotNull(changed);
        Assert.Null(server.Store.Put(TestApi.ConfigMaps, "default", "a", made, TestApi.ConfigMap("a", "3")));
        Assert.Null(server.Store.Put(TestApi.ConfigMaps, "default", "a", null, TestApi.ConfigMap("a", "3")));
        Assert.Null(server.Store.Remove(made, TestApi.ConfigMap("a")));
        Assert.Contains("\"2\"", Encoding.UTF8.GetString(server.Api.Find(TestApi.ConfigMaps, "default", "a")!.Json.Span), StringComparison.Ordinal);
    }

    private static void Change(TestApi server, string name, string value) => server.Api.Update(TestApi.ConfigMaps, "default", name, each =>
    {
        each["data"]!["key"] = value;
        return each;
    });

    private static List<string> Told(TestApi server, long after)
    {
        var changes = new List<StoredChange>();
        server.Api.Log.Read(TestApi.ConfigMaps, ref after, changes, int.MaxValue);
        return [.. changes.Select(each => $"{each.Kind} {each.Object.Name} {each.Object.Version} after {each.Before?.Version}")];
    }

    private static long Rows(TestApi server)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(server.Folder, "objects.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM changes WHERE plural = 'configmaps'";
        return (long)command.ExecuteScalar()!;
    }
}
