using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>
/// The file that objects are kept in: every retained change is a row, an object's row is its latest change. Not safe for several threads.
/// </summary>
/// <remarks>
/// A change is acknowledged once it is in the write-ahead log: a killed process loses none. A machine that loses power may lose the last ones, never
/// a part of one (https://www.sqlite.org/pragma.html#pragma_synchronous).
/// </remarks>
internal sealed class StoreFile : IDisposable
{
    // "Rfkv": tells our files from other programs'.
    private const long ApplicationId = 0x52666b76;
    private const long Layout = 1;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _setFloor;

    private StoreFile(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insert = Prepare(
            "INSERT INTO changes (version, kind, api, plural, namespace, name, json) VALUES ($version, $kind, $api, $plural, $namespace, $name, $json)",
            "$version", "$kind", "$api", "$plural", "$namespace", "$name", "$json");
        _delete = Prepare("DELETE FROM changes WHERE version = $version", "$version");
        _setFloor = Prepare("UPDATE floor SET version = $version", "$version");
    }

    /// <summary>Opens a file, or makes it.</summary>
    /// <exception cref="StoreException">It is not ours, is damaged or cannot be read.</exception>
    public static StoreFile Open(string path)
    {
        if (!File.Exists(path)) OwnFile.Create(path).Dispose();

        // Without pooling the file is closed when we say so.
        var opened = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            opened.Open();
            Check(opened, path);
            Run(opened, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;");
            return new StoreFile(opened);
        }
        catch (SqliteException problem)
        {
            opened.Dispose();
            throw Explain(path, problem);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>What is wrong with a file, for people.</summary>
    public static StoreException Explain(string path, SqliteException problem) => problem.SqliteErrorCode switch
    {
        11 => new($"{path} is damaged ({problem.Message}); put a copy back in its place, or delete it and begin anew", problem),
        26 => new($"{path} is not a file of this server: it is no SQLite database; name another data folder", problem),
        13 => new($"{path}: no space left on the disk", problem),
        8 => new($"{path} cannot be written: it or its file system is read-only", problem),
        14 => new($"{path} cannot be opened: {problem.Message}", problem),
        5 or 6 => new($"{path} is in use by another program", problem),
        _ => new($"{path}: {problem.Message}", problem),
    };

    /// <summary>The version after which every change is kept, and all rows by version.</summary>
    /// <param name="find">Finds a kind by group, version and plural name; rows of kinds that it does not know are passed over.</param>
    public (long Floor, IEnumerable<(ChangeKind Kind, StoredObject Object)> Rows) Read(Func<string, string, string, ResourceType?> find)
    {
        using var floor = _connection.CreateCommand();
        floor.CommandText = "SELECT version FROM floor";
        return (Convert.ToInt64(floor.ExecuteScalar(), CultureInfo.InvariantCulture), Rows(find));
    }

    /// <summary>Keeps a change, and forgets old ones; all or nothing.</summary>
    public void Append(StoredChange change, List<StoredChange> forget)
    {
        if (forget.Count == 0)
        {
            Insert(change);
            return;
        }

        _begin.ExecuteNonQuery();
        try
        {
            foreach (var old in forget)
            {
                // What a forgotten change replaced is of no use any more; what it made is the object itself, unless that is gone.
                if (old.Before is { } before) Delete(before.Version);
                if (old.Kind == ChangeKind.Deleted) Delete(old.Object.Version);
            }

            Insert(change);
            _setFloor.Parameters[0].Value = forget[^1].Object.Version;
            _setFloor.ExecuteNonQuery();
            _commit.ExecuteNonQuery();
        }
        catch
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.ExecuteNonQuery();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_begin, _commit, _rollback, _insert, _delete, _setFloor]) command.Dispose();
        _connection.Dispose();
    }

    private void Insert(StoredChange change)
    {
        var stored = change.Object;
        var values = _insert.Parameters;
        values[0].Value = stored.Version;
        values[1].Value = (int)change.Kind;
        values[2].Value = stored.Type.ApiVersion;
        values[3].Value = stored.Type.Plural;
        values[4].Value = stored.Namespace;
        values[5].Value = stored.Name;
        values[6].Value = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(stored.Json, out var bytes) && bytes.Offset == 0 && bytes.Count == bytes.Array!.Length
            ? bytes.Array
            : stored.Json.ToArray();
        _insert.ExecuteNonQuery();
        values[6].Value = null;
    }

    private void Delete(long version)
    {
        _delete.Parameters[0].Value = version;
        _delete.ExecuteNonQuery();
    }

    private IEnumerable<(ChangeKind, StoredObject)> Rows(Func<string, string, string, ResourceType?> find)
    {
        using var select = _connection.CreateCommand();
        select.CommandText = "SELECT version, kind, api, plural, namespace, name, json FROM changes ORDER BY version";
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            var api = rows.GetString(2).Split('/');
            var type = find(api.Length == 2 ? api[0] : "", api[^1], rows.GetString(3));
            if (type is null) continue;
            yield return ((ChangeKind)rows.GetInt32(1), new StoredObject(type, string.Intern(rows.GetString(4)), rows.GetString(5), rows.GetInt64(0), (byte[])rows.GetValue(6)));
        }
    }

    private static void Check(SqliteConnection connection, string path)
    {
        var (application, layout, tables) = (Number(connection, "PRAGMA application_id"), Number(connection, "PRAGMA user_version"), Number(connection, "SELECT count(*) FROM sqlite_master"));
        if (application == 0 && tables == 0)
        {
            Run(connection, $"""
                BEGIN;
                CREATE TABLE changes (version INTEGER PRIMARY KEY, kind INTEGER NOT NULL, api TEXT NOT NULL, plural TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, json BLOB NOT NULL);
                CREATE TABLE floor (version INTEGER NOT NULL);
                INSERT INTO floor VALUES (1);
                PRAGMA application_id = {ApplicationId};
                PRAGMA user_version = {Layout};
                COMMIT;
                """);
        }
        else if (application != ApplicationId)
        {
            throw new StoreException($"{path} is a database of another program; name another data folder");
        }
        else if (layout != Layout)
        {
            throw new StoreException($"{path} was written by another version of ringfence (layout {layout}, this one has {Layout}); use that version, or another data folder");
        }
    }

    private static long Number(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Run(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string statement, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = statement;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }
}
