using System.Diagnostics;
using System.Net.Http;
using System.Text.Json;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>A host of a rollup in a process of its own: what it keeps is in a directory, all else is on the settlement layer. It can be made to kill itself, as kill -9 does, at a request.</summary>
internal sealed class RollupProcess : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly FileTransactionJournal _journal;
    private readonly string _directory;

    /// <summary>A host by what <see cref="Describe"/> said.</summary>
    /// <param name="description">The rollup.</param>
    /// <param name="name">The host's name: its directory's.</param>
    /// <param name="account">Whom it sends as.</param>
    /// <param name="kill">Nothing, or a letter and a number: "r" a request, "b" just before a transaction is sent, "a" just after.</param>
    public RollupProcess(string description, string name, int account, string kill)
    {
        Description told = JsonSerializer.Deserialize<Description>(description)!;
        _directory = Path.Combine(told.Directory, name);
        Directory.CreateDirectory(_directory);
        L1Address[] at = [.. told.Contracts.Select(static hex => new L1Address(Convert.FromHexString(hex)))];
        At = new RollupAddresses(at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8], at[9], at[10], at[11]);
        Rules = new DerivationRules(PaymentRollup.ChainId, At.Inbox, At.Bridge, told.FirstBlock) { DataChallenge = At.DataChallenge, IsListed = true };
        Payments = new PaymentRules(PaymentRollup.ChainId, AccountAddress.FromPublicKey(PaymentRollup.NewPerson(5).PublicKey.Span));
        _journal = new FileTransactionJournal(PathOf("l1"));
        var transport = new DeadlyTransport(new HttpJsonRpcTransport(_http, told.Endpoint, TimeProvider.System, TimeSpan.FromSeconds(30)), kill);
        var options = new EvmSettlementOptions { ChainId = AnvilNode.ChainId, Confirmations = 1, PollInterval = TimeSpan.FromMilliseconds(5) };
        Chain = new EvmSettlement([transport], SettlementWorld.SignerOf(account), _journal, TimeProvider.System, options, Guid.NewGuid().ToByteArray());
        Data = new KeptData(new DirectoryDataPublisher(PathOf("data")), new DirectoryDataPublisher(Path.Combine(told.Directory, "network")));
    }

    public RollupAddresses At { get; }

    public DerivationRules Rules { get; }

    public PaymentRules Payments { get; }

    public EvmSettlement Chain { get; }

    public KeptData Data { get; }

    /// <summary>What a host must know of a rollup.</summary>
    public static string Describe(PaymentRollup rollup, Uri endpoint, string directory)
    {
        RollupAddresses at = rollup.At;
        L1Address[] contracts =
            [at.Guardian, at.Inbox, at.Bridge, at.StakeRegistry, at.BondVault, at.ProofRegistry, at.StateChain, at.Tournament, at.MessageRoot, at.EscapeHatch, at.DataChallenge, at.StepJudge];
        return JsonSerializer.Serialize(new Description(endpoint, directory, rollup.Rules.FirstBlock, [.. contracts.Select(static contract => Convert.ToHexString(contract.Span))]));
    }

    public string PathOf(string file) => Path.Combine(_directory, file);

    /// <summary>Writes a line that a kill does not take back.</summary>
    public void Write(string file, string line)
    {
        using var stream = new FileStream(PathOf(file), FileMode.Append);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        stream.Flush(flushToDisk: true);
    }

    public PaymentNode<KeccakTree> NewNode() => new(Payments, new P256Verifier(64), Chain, At.StateChain, NewDerivation);

    public DerivationNode<Payment, KeccakTree> NewDerivation() => new(Rules, Chain, Data, () => new Deriver<Payment, KeccakTree>(Rules, Transition(), PaymentRollup.Codec, new PaymentAccess(PaymentRollup.ChainId)));

    public Payments<KeccakTree> Transition() => new(Payments, new P256Verifier(64), keyMemo: 256);

    public void Dispose()
    {
        Chain.Dispose();
        _journal.Dispose();
        _http.Dispose();
    }

    private sealed record Description(Uri Endpoint, string Directory, ulong FirstBlock, string[] Contracts);

    private sealed class DeadlyTransport(IJsonRpcTransport transport, string kill) : IJsonRpcTransport
    {
        private readonly char _where = kill.Length == 0 ? '-' : kill[0];
        private int _left = kill.Length == 0 ? -1 : int.Parse(kill.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

        public async ValueTask<TransportAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
        {
            bool isSending = request.Span.IndexOf("eth_sendRawTransaction"u8) >= 0, isDue = (_where == 'r' || isSending) && --_left == 0;
            if (isDue && _where != 'a') Process.GetCurrentProcess().Kill();
            TransportAnswer answer = await transport.SendAsync(request, cancellation);
            if (isDue) Process.GetCurrentProcess().Kill();
            return answer;
        }
    }
}
