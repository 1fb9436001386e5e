using System.Diagnostics;
using System.Net.Http;
using System.Runtime.InteropServices;
using System.Text.Json;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>
/// A real EVM on this machine: anvil from artifacts/npm, on a free port, without unlocked accounts. A shell that waits on a
/// pipe from this process ends the node when the pipe breaks, so it never outlives the tests, killed ones included.
/// </summary>
public sealed class AnvilNode : IDisposable
{
    public const ulong ChainId = 31337;

    private readonly Process _process;

    private AnvilNode(Process process, Uri endpoint)
    {
        (_process, Endpoint) = (process, endpoint);
        Client = new L1Client(new JsonRpcClient([Transport()], TimeProvider.System));
    }

    public Uri Endpoint { get; }

    internal HttpClient Http { get; } = new();

    internal L1Client Client { get; }

    /// <summary>Why there is no node, or null when there can be one.</summary>
    public static string? Missing { get; } =
        OperatingSystem.IsWindows() ? "The fixture needs a POSIX shell."
        : File.Exists(Executable) ? null : "No anvil in artifacts/npm: contracts/install.sh puts it there, with npm.";

    private static string Executable
    {
        get
        {
            string system = OperatingSystem.IsMacOS() ? "darwin" : "linux";
            string processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
            return Path.Combine(RepositoryRoot.Path, "artifacts", "npm", "node_modules", "@foundry-rs", $"anvil-{system}-{processor}", "bin", "anvil");
        }
    }

    /// <summary>Starts a node; skips the calling test, with the reason, where that cannot be.</summary>
    public static AnvilNode Start(string hardfork = "osaka")
    {
        Assert.SkipUnless(Missing is null, Missing ?? "");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "\"$0\" \"$@\" & node=$!; cat >/dev/null; kill -9 $node; wait $node", Executable,
            "--port", "0", "--accounts", "0", "--chain-id", $"{ChainId}", "--hardfork", hardfork, "--base-fee", "1000000000", "--timestamp", "1800000000"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        // The node talks; unread, the pipe would fill and stop it.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        const string mark = "Listening on ";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith(mark, StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new AnvilNode(process, new Uri($"http://{line[mark.Length..]}"));
        }
        process.Dispose();
        Assert.Fail("anvil ended before it listened.");
        throw new UnreachableException();
    }

    /// <summary>A transport to the node. Checking the proofs of blobs takes it seconds on a busy machine.</summary>
    public HttpJsonRpcTransport Transport() => new(Http, Endpoint, TimeProvider.System, TimeSpan.FromSeconds(80));

    /// <summary>Gives an account 10,000 ETH.</summary>
    public Task FundAsync(L1Address account) =>
        DoAsync("anvil_setBalance", Hex.Data(account.Span), Hex.Quantity((UInt128)10_000 * 1_000_000_000_000_000_000));

    public Task MineAsync(int blocks = 1) => DoAsync("anvil_mine", Hex.Quantity((UInt128)blocks));

    /// <summary>Moves the clock of the chain and mines a block at the new time.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await DoAsync("evm_increaseTime", Hex.Quantity((UInt128)by.TotalSeconds));
        await MineAsync();
    }

    public async Task<string> SnapshotAsync() => (await DoAsync("evm_snapshot")).GetString()!;

    public async Task RevertAsync(string snapshot) => Assert.True((await DoAsync("evm_revert", snapshot)).GetBoolean());

    public Task SetAutomineAsync(bool isOn) => DoAsync(new RpcRequest("evm_setAutomine", writer => writer.WriteBooleanValue(isOn)));

    /// <summary>Replaces the newest blocks by as many empty ones.</summary>
    public Task ReorgAsync(int depth) => DoAsync(new RpcRequest("anvil_reorg", writer =>
    {
        writer.WriteNumberValue(depth);
        writer.WriteStartArray();
        writer.WriteEndArray();
    }));

    /// <summary>Takes a transaction out of the pool, as a node that restarts does.</summary>
    internal Task DropAsync(Digest32 transaction) => DoAsync("anvil_dropTransaction", Hex.Data(transaction.Span));

    public Task SetCodeAsync(L1Address contract, ReadOnlyMemory<byte> code) => DoAsync("anvil_setCode", Hex.Data(contract.Span), Hex.Data(code.Span));

    public Task SetNextBaseFeeAsync(ulong wei) => DoAsync("anvil_setNextBlockBaseFeePerGas", Hex.Quantity(wei));

    public void Dispose()
    {
        Http.Dispose();
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    internal async Task<JsonElement> DoAsync(RpcRequest request)
    {
        RpcResult result = await Client.Rpc.CallAsync(request, TestContext.Current.CancellationToken);
        Assert.True(result.Status == RpcStatus.Ok, $"{request.Method}: {result.Message}");
        return result.Value;
    }

    private Task<JsonElement> DoAsync(string method, params string[] parameters) => DoAsync(RpcRequest.Of(method, parameters));
}
