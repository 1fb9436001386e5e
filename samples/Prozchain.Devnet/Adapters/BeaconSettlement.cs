using Prozchain.Rollups;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Adapters;

/// <summary>
/// The settlement layer over application records of the beacon: an in-process chain that is a function of them. A block of
/// the beacon is a block of it; a record is a call or a jump of the clock. What is sent is in a block once its record is in
/// one that is on disk, so whoever sends needs somebody else to run rounds meanwhile.
/// </summary>
internal sealed class BeaconSettlement : SettlementLayer
{
    private readonly InProcessChain _chain;
    private readonly Func<SettlementRole, L1Address> _addressOf;
    private readonly Queue<TaskCompletionSource<ChainReceipt>> _waiting = new();
    private readonly long _genesisMs, _blockMs;
    private Action<ReadOnlyMemory<byte>> _submit = _ => throw new InvalidOperationException("Expected a beacon to submit records to.");
    private TaskCompletionSource _submitted = new();
    private ulong _jumped;

    private BeaconSettlement(long genesisMs, long blockMs, Func<SettlementRole, L1Address> addressOf)
    {
        (_genesisMs, _blockMs, _addressOf) = (genesisMs, blockMs, addressOf);
        // A block of the beacon that was acknowledged stays.
        _chain = new InProcessChain((ulong)genesisMs / 1000, finalDepth: 0);
        foreach (SettlementRole role in Roles) _chain.Mint(addressOf(role), Funds);
    }

    public override ulong ChainId => _chain.ChainId;

    /// <summary>A chain that begins with the rollup's contracts: these are part of its genesis, not records.</summary>
    /// <param name="genesisMs">Time of the beacon's genesis, in Unix milliseconds.</param>
    /// <param name="blockMs">Time between its blocks.</param>
    /// <param name="addressOf">Whose accounts the roles have.</param>
    /// <param name="planOf">What the contracts are created with; may put contracts of the host's onto the chain.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<BeaconSettlement> StartAsync(long genesisMs, long blockMs, Func<SettlementRole, L1Address> addressOf, Func<InProcessChain, RollupPlan> planOf, CancellationToken cancellationToken)
    {
        var settlement = new BeaconSettlement(genesisMs, blockMs, addressOf);
        var deployer = new Account(settlement, addressOf(SettlementRole.Deployer), isGenesis: true);
        settlement.Contracts = await RollupDeployment.DeployAsync(deployer, planOf(settlement._chain), cancellationToken).ConfigureAwait(false);
        return settlement;
    }

    /// <summary>Names what hands a record to the beacon.</summary>
    public void ConnectTo(Action<ReadOnlyMemory<byte>> submit) => _submit = submit;

    public override ISettlementChain As(SettlementRole role) => new Account(this, _addressOf(role), isGenesis: false);

    public override async ValueTask AdvanceAsync(ulong seconds, CancellationToken cancellationToken)
    {
        for (; seconds > 0; seconds -= Math.Min(seconds, SettlementRecord.LongestJump))
            await SubmitAsync(new SettlementRecord(default, default, Math.Min(seconds, SettlementRecord.LongestJump)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs rounds while the work waits for a record to get into a block, one per wait and no more.</summary>
    public override async Task RunAsync(Task work, Action runRound)
    {
        while (true)
        {
            await Task.WhenAny(work, _submitted.Task).ConfigureAwait(false);
            if (work.IsCompleted) break;
            runRound();
        }
        await work.ConfigureAwait(false);
    }

    /// <summary>Takes in the records of a beacon block that was acknowledged, own and others', in their order. What is no record does nothing.</summary>
    public void OnBlock(ulong height, IEnumerable<ReadOnlyMemory<byte>> records)
    {
        var receipts = new List<Task<ChainReceipt>>();
        foreach (ReadOnlyMemory<byte> bytes in records)
        {
            bool isRecord = SettlementRecord.TryRead(bytes, out SettlementRecord record);
            _jumped += record.Jump;
            receipts.Add(isRecord && record.Jump == 0 ? _chain.As(record.Caller).SendAsync(record.Call, CancellationToken.None).AsTask() : Task.FromResult(new ChainReceipt(isRecord, height, default, 0)));
        }
        _chain.Mine((ulong)(_genesisMs + (long)height * _blockMs) / 1000 + _jumped);
        var ended = new List<(TaskCompletionSource<ChainReceipt> Sent, ChainReceipt Receipt)>();
        foreach (Task<ChainReceipt> receipt in receipts)
            if (_waiting.TryDequeue(out TaskCompletionSource<ChainReceipt>? sent)) ended.Add((sent, receipt.Result));
        // Only now may a sender go on: it may send again at once.
        if (_waiting.Count == 0) _submitted = new TaskCompletionSource();
        foreach ((TaskCompletionSource<ChainReceipt> sent, ChainReceipt receipt) in ended) sent.SetResult(receipt);
    }

    private async ValueTask<ChainReceipt> SubmitAsync(SettlementRecord record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _submit(record.Encode());
        var included = new TaskCompletionSource<ChainReceipt>();
        _waiting.Enqueue(included);
        _submitted.TrySetResult();
        return await included.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private sealed class Account(BeaconSettlement owner, L1Address address, bool isGenesis) : ISettlementChain
    {
        private readonly ISettlementChain _chain = owner._chain.As(address);

        L1Address ISettlementChain.Account => address;

        public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => _chain.FindBlockAsync(number, finality, cancellationToken);

        public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken) =>
            _chain.ReadLogsAsync(first, last, contracts, logs, cancellationToken);

        public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => _chain.CallAsync(call, cancellationToken);

        public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken)
        {
            if (!isGenesis) return owner.SubmitAsync(new SettlementRecord(address, call, 0), cancellationToken);
            ValueTask<ChainReceipt> sent = _chain.SendAsync(call, cancellationToken);
            owner._chain.Mine(owner._chain.Head.TimestampSeconds);
            return sent;
        }
    }
}
