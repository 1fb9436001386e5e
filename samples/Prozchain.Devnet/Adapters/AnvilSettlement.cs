using System.Diagnostics;
using System.Globalization;
using System.Net.Http;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Prozchain.Rollups;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Adapters;

/// <summary>
/// The settlement layer on a real EVM: a node for development, started here and gone with the run. Every call is signed here.
/// A shell that waits on a pipe from this process ends the node when the pipe breaks, so it never outlives it.
/// </summary>
internal sealed class AnvilSettlement : SettlementLayer
{
    private const ulong Chain = 31_337;

    private readonly Process _process;
    private readonly HttpClient _http = new();
    private readonly HttpJsonRpcTransport _transport;
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<SettlementRole, EvmSettlement> _accounts = [];

    private AnvilSettlement(Process process, Uri endpoint) => (_process, _transport) = (process, new HttpJsonRpcTransport(_http, endpoint, TimeProvider.System, TimeSpan.FromSeconds(80)));

    public override ulong ChainId => Chain;

    /// <summary>Why there can be no node with the packages of a folder; null if there can.</summary>
    public static string? Missing(string packages) =>
        OperatingSystem.IsWindows() ? "--settlement evm needs a POSIX shell, which Windows has not."
        : File.Exists(Executable(packages)) ? null : $"--settlement evm needs anvil in the folder '{packages}': contracts/install.sh puts it into artifacts/npm, and --npm names another folder.";

    /// <summary>Starts a node, gives every role its funds, and creates the contracts.</summary>
    /// <param name="packages">Folder with the node's packages.</param>
    /// <param name="journals">Folder for what the senders of calls must remember.</param>
    /// <param name="genesisSeconds">The chain's time at its start.</param>
    /// <param name="keyOf">32 bytes, the private key of a role.</param>
    /// <param name="planOf">What the contracts are created with, given everybody's address.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RunUnusableException">The node does not start.</exception>
    public static async Task<AnvilSettlement> StartAsync(
        string packages, string journals, long genesisSeconds, Func<SettlementRole, byte[]> keyOf, Func<Func<SettlementRole, L1Address>, RollupPlan> planOf, CancellationToken cancellationToken)
    {
        (Process process, Uri endpoint) = await LaunchAsync(packages, genesisSeconds, cancellationToken).ConfigureAwait(false);
        var settlement = new AnvilSettlement(process, endpoint);
        try
        {
            foreach (SettlementRole role in Roles) await settlement.ConnectAsync(role, journals, keyOf(role), cancellationToken).ConfigureAwait(false);
            settlement.Contracts = await RollupDeployment.DeployAsync(settlement.As(SettlementRole.Deployer), planOf(role => settlement.As(role).Account), cancellationToken).ConfigureAwait(false);
            return settlement;
        }
        catch
        {
            settlement.Dispose();
            throw;
        }
    }

    public override ISettlementChain As(SettlementRole role) => _accounts[role];

    public override async ValueTask AdvanceAsync(ulong seconds, CancellationToken cancellationToken)
    {
        await DoAsync("evm_increaseTime", [seconds.ToString(CultureInfo.InvariantCulture)], cancellationToken).ConfigureAwait(false);
        await DoAsync("evm_mine", [], cancellationToken).ConfigureAwait(false);
    }

    public override Task RunAsync(Task work, Action runRound) => work;

    public override void Dispose()
    {
        foreach (IDisposable owned in _owned) owned.Dispose();
        _http.Dispose();
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        base.Dispose();
    }

    private static string Executable(string packages)
    {
        string system = OperatingSystem.IsMacOS() ? "darwin" : "linux", processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        return Path.GetFullPath(Path.Combine(packages, "node_modules", "@foundry-rs", $"anvil-{system}-{processor}", "bin", "anvil"));
    }

    private static async Task<(Process Process, Uri Endpoint)> LaunchAsync(string packages, long genesisSeconds, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "\"$0\" \"$@\" & node=$!; cat >/dev/null; kill -9 $node; wait $node", Executable(packages),
            "--port", "0", "--accounts", "0", "--chain-id", Chain.ToString(CultureInfo.InvariantCulture), "--hardfork", "osaka", "--base-fee", "1000000000", "--timestamp", genesisSeconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new RunUnusableException($"'{Executable(packages)}' did not start.");
        // The node talks; unread, the pipe would fill and stop it.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        const string mark = "Listening on ";
        while (await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (!line.StartsWith(mark, StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return (process, new Uri($"http://{line[mark.Length..]}"));
        }
        process.Dispose();
        throw new RunUnusableException($"'{Executable(packages)}' ended before it listened.");
    }

    private async ValueTask ConnectAsync(SettlementRole role, string journals, byte[] key, CancellationToken cancellationToken)
    {
        var signer = new Secp256k1Signer(key);
        var journal = new FileTransactionJournal(Path.Combine(journals, $"{role}.calls"));
        var account = new EvmSettlement([_transport], signer, journal, TimeProvider.System, new EvmSettlementOptions { ChainId = Chain, Confirmations = 1, PollInterval = TimeSpan.FromMilliseconds(5) }, Guid.NewGuid().ToByteArray());
        _owned.AddRange([account, journal, signer]);
        _accounts.Add(role, account);
        await DoAsync("anvil_setBalance", [$"\"{account.Account}\"", $"\"0x{Funds.ToString("x", CultureInfo.InvariantCulture)}\""], cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask DoAsync(string method, string[] parameters, CancellationToken cancellationToken)
    {
        byte[] request = Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":[{{string.Join(',', parameters)}}]}""");
        TransportAnswer answer = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        using JsonDocument? said = answer.Fault == TransportFault.None ? JsonDocument.Parse(answer.Body) : null;
        if (said is null || !said.RootElement.TryGetProperty("result", out _)) throw new RunBrokenException($"the settlement layer's node refused {method}");
    }
}
