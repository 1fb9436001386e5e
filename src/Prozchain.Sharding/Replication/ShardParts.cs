using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// What stands around the transactions of a block: channels and atomic commit over the block's own cells. In a block:
/// what is attested, notices, certified atomic records, receipts that waited, bundles, atomic transactions that begin; then the
/// transactions; then claims that came free.
/// </summary>
internal sealed partial class ShardParts : IBlockFrame, IReceiptSink, ICellStore, IShardDirectory
{
    private readonly ShardRange _self;
    private ShardLayout _layout;
    private readonly List<AtomicRecord> _emitted = [];
    private IBlockCells? _cells;
    private ShardBody? _body;
    private ShardStep? _step;
    private (ulong Height, long TimeMs, ulong Epoch) _block;
    private bool _isAtomic;
    private int _credited;

    public ShardParts(ShardInfo self, ShardLayout layout, MachineOptions options)
    {
        (_self, _layout) = (ShardRange.Of(self), layout);
        ShardRange[] live = PeersOf(self, layout);
        Incoming = new IncomingChannels(_self, options.Channels, live);
        Outgoing = new OutgoingChannels(_self, options.Channels, live);
        Atomic = new AtomicShard(_self, options.Atomic, this, this);
    }

    public IncomingChannels Incoming { get; }

    public OutgoingChannels Outgoing { get; }

    public AtomicShard Atomic { get; }

    public IReadOnlyList<AtomicRecord> Emitted => _emitted;

    public bool HasClaims => Atomic.Claimed > 0;

    /// <summary>False if the bytes are not such a state.</summary>
    public bool TryRestore(MachineState state) =>
        Incoming.TryRestore(state.Incoming.Span) && Outgoing.TryRestore(state.Outgoing.Span) && Atomic.TryRestore(state.Atomic.Span);

    /// <summary>A block begins, whose results go into the step.</summary>
    public void Begin(in BlockContext block, ShardBody body, ShardStep step)
    {
        (_body, _step) = (body, step);
        _block = (block.Height, block.TimeMs, block.Epoch);
        _emitted.Clear();
    }

    public int Before(IBlockCells cells)
    {
        _cells = cells;
        _credited = 0;
        ShardBody body = _body!;
        foreach (AttestationCertificate attested in body.Attested) Attest(attested.Statement);
        _isAtomic = Atomic.BeginBlock(_block.Height, _block.TimeMs, _block.Epoch);
        if (!_isAtomic && (body.HasAtomic || _ends)) return -1;
        foreach (ProvenReceipt receipt in body.Notices)
        {
            if (receipt.Notice.Kind == ChannelNoticeKind.Grant) Outgoing.Accept(receipt.Notice);
            else Incoming.Accept(receipt.Notice);
        }
        TakeEndings(body);
        foreach (ProvenReceipt receipt in body.Records) _step!.Records.Add(Take(receipt));
        Incoming.RetryDeferred(this);
        foreach (ProvenReceipt receipt in body.Bundles) _step!.Bundles.Add(Incoming.Apply(receipt.Bundle!, this));
        foreach (AtomicTransaction transaction in body.Begun) _step!.Begun.Add(Atomic.Admit(transaction));
        TakeLocks(body);
        return _credited;
    }

    // An heir's parents sent what it carries, as well as other shards what it took in.
    private void Attest(in Attestation statement)
    {
        Outgoing.Attested(statement.Shard, statement.LastHeight);
        Incoming.Attested(statement.Shard, statement.LastHeight);
    }

    public void After(IBlockCells cells)
    {
        EndIfDue();
        if (_isAtomic) Atomic.EndBlock(_emitted);
    }

    public bool MayRead(in Digest key) => Atomic.MayRead(key);

    public bool MayWrite(in Digest key) => Atomic.MayWrite(key);

    public bool TryCredit(in Digest cell, ReadOnlySpan<byte> payload)
    {
        if (!Atomic.MayWrite(cell)) return false;
        _cells!.Credit(cell, payload);
        _credited++;
        return true;
    }

    public ulong ValueOf(ReadOnlySpan<byte> payload) => _cells!.ValueOf(payload);

    public bool TryRead(in Digest key, out ReadOnlySpan<byte> value) => _cells!.TryRead(key, out value);

    public void Write(in Digest key, ReadOnlySpan<byte> value) => _cells!.Write(key, value);

    public void Erase(in Digest key) => _cells!.Erase(key);

    public bool TryGet(ShardId shard, out ShardRange range)
    {
        bool known = _layout.TryGetInfo(shard, out ShardInfo? info);
        range = known ? ShardRange.Of(info!) : default;
        return known;
    }
}
