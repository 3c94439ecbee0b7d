using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Data.Sqlite;

namespace Ringfence.Bench.ApiServer;

/// <summary>A web server that always gives the same answer: what there is without an API.</summary>
internal sealed class BareHttps : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BareHttps(WebApplication app, string pem) => (_app, Pem) = (app, pem);

    public string Pem { get; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<BareHttps> StartAsync(string answer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate })));
        var built = builder.Build();
        var bytes = Encoding.UTF8.GetBytes(answer);
        built.Run(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = bytes.Length;
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.Body.WriteAsync(bytes);
        });
        await built.StartAsync();
        return new BareHttps(built, certificate.ExportCertificatePem());
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>A table that rows are put into one by one: what there is without an API.</summary>
internal static class BareSqlite
{
    /// <summary>Rows a second, each a transaction of its own, in the server's mode of keeping them.</summary>
    public static double Insert(string folder, string content, int rows)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "bare.db")};Pooling=False");
        connection.Open();
        using var make = connection.CreateCommand();
        make.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE rows (id INTEGER PRIMARY KEY, content BLOB)";
        make.ExecuteNonQuery();
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO rows VALUES ($id, $content)";
        var id = insert.Parameters.Add("$id", SqliteType.Integer);
        insert.Parameters.AddWithValue("$content", Encoding.UTF8.GetBytes(content));
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; i < rows; i++)
        {
            id.Value = i;
            insert.ExecuteNonQuery();
        }

        return rows / System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
