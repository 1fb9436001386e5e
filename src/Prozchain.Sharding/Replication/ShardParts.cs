using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// What stands around the transactions of a block: channels and atomic commit over the block's own cells. In a block:
/// notices, certified atomic records, receipts that waited, bundles, atomic transactions that begin; then the
/// transactions; then claims that came free.
/// </summary>
internal sealed partial class ShardParts : IBlockFrame, IReceiptSink, ICellStore, IShardDirectory
{
    private readonly ShardRange _self;
    private ShardLayout _layout;
    private readonly List<AtomicRecord> _emitted = [];
    private IBlockCells? _cells;
    private ShardBody? _body;
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

    public ChannelResult[] BundleResults { get; private set; } = [];

    public AtomicResult[] RecordResults { get; private set; } = [];

    public AtomicResult[] BegunResults { get; private set; } = [];

    public bool HasClaims => Atomic.Claimed > 0;

    /// <summary>False if the bytes are not such a state.</summary>
    public bool TryRestore(MachineState state) =>
        Incoming.TryRestore(state.Incoming.Span) && Outgoing.TryRestore(state.Outgoing.Span) && Atomic.TryRestore(state.Atomic.Span);

    public MachineState Save()
    {
        return new MachineState(Encode(Incoming.Write), Encode(Outgoing.Write), Encode(Atomic.Write), _layout);

        static ReadOnlyMemory<byte> Encode(Action<IBufferWriter<byte>> write)
        {
            var output = new ArrayBufferWriter<byte>();
            write(output);
            return output.WrittenSpan.ToArray();
        }
    }

    public void Begin(in BlockContext block, ShardBody body)
    {
        _body = body;
        _block = (block.Height, block.TimeMs, block.Epoch);
        _emitted.Clear();
    }

    public int Before(IBlockCells cells)
    {
        _cells = cells;
        _credited = 0;
        ShardBody body = _body!;
        _isAtomic = Atomic.BeginBlock(_block.Height, _block.TimeMs, _block.Epoch);
        if (!_isAtomic && (body.HasAtomic || _ends)) return -1;
        foreach (ProvenReceipt receipt in body.Notices)
        {
            if (receipt.Notice.Kind == ChannelNoticeKind.Grant) Outgoing.Accept(receipt.Notice);
            else Incoming.Accept(receipt.Notice);
        }
        TakeEndings(body);
        RecordResults = [.. body.Records.Select(receipt => Atomic.Accept(receipt.Record!, new RecordOrigin(receipt.Source.Shard, receipt.Source.Epoch)))];
        Incoming.RetryDeferred(this);
        BundleResults = [.. body.Bundles.Select(receipt => Incoming.Apply(receipt.Bundle!, this))];
        BegunResults = [.. body.Begun.Select(Atomic.Admit)];
        EndIfDue();
        return _credited;
    }

    public void After(IBlockCells cells)
    {
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
