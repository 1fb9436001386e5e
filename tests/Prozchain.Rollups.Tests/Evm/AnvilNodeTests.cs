using System.Net.Http;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>The fixture leaves nothing behind.</summary>
public sealed class AnvilNodeTests
{
    private const string File = "PROZCHAIN_ANVIL_ENDPOINT";

    [Fact]
    public async Task Node_WhoseTestProcessDies_EndsToo()
    {
        Assert.SkipUnless(AnvilNode.Missing is null, AnvilNode.Missing ?? "");
        if (ChildTest.Role == "crash")
        {
            AnvilNode node = AnvilNode.Start();
            await System.IO.File.WriteAllTextAsync(Environment.GetEnvironmentVariable(File)!, node.Endpoint.ToString(), TestContext.Current.CancellationToken);
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }
        string path = Path.Combine(Path.GetTempPath(), $"prozchain-{Guid.NewGuid():N}.endpoint");
        ChildResult result = ChildTest.Run("crash", new Dictionary<string, string?> { [File] = path });
        Assert.NotEqual(0, result.ExitCode);
        var endpoint = new Uri(await System.IO.File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        System.IO.File.Delete(path);
        using var http = new HttpClient();
        var transport = new HttpJsonRpcTransport(http, endpoint, TimeProvider.System, TimeSpan.FromSeconds(2));
        TransportFault fault = TransportFault.None;
        for (int i = 0; i < 100 && fault != TransportFault.Unreachable; i++)
        {
            fault = (await transport.SendAsync("{}"u8.ToArray(), TestContext.Current.CancellationToken)).Fault;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        Assert.Equal(TransportFault.Unreachable, fault);
    }
}
