using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>What one beacon block lets out, in the order of the tree under its header's output root.</summary>
public sealed class BeaconOutputs
{
    private readonly List<byte[]> _encodings = [];
    private readonly List<WithdrawalReceipt> _withdrawals = [];
    private readonly List<FreezeRecord> _freezes = [];
    private readonly List<Conviction> _convictions = [];

    /// <summary>Stake to pay out.</summary>
    public IReadOnlyList<WithdrawalReceipt> Withdrawals => _withdrawals;

    /// <summary>Shards that stalled.</summary>
    public IReadOnlyList<FreezeRecord> Freezes => _freezes;

    /// <summary>Punishments.</summary>
    public IReadOnlyList<Conviction> Convictions => _convictions;

    /// <summary>The layout of the next epoch; null where it is that of this one.</summary>
    public LayoutRecord? Layout { get; private set; }

    internal Digest Root => new(MerkleTree<TreeHash>.Root(Leaves()));

    /// <summary>Proves one entry under the block's header.</summary>
    /// <param name="index">Its place: from 0, over all kinds.</param>
    public BeaconOutputProof Prove(int index) => new(index, MerkleTree<TreeHash>.Prove(Leaves(), index));

    /// <summary>The wire form of one entry.</summary>
    /// <param name="index">Its place.</param>
    public ReadOnlyMemory<byte> Encoding(int index) => _encodings[index];

    /// <summary>Number of entries.</summary>
    public int Count => _encodings.Count;

    internal void Add(WithdrawalReceipt receipt)
    {
        _withdrawals.Add(receipt);
        _encodings.Add(BeaconWire.Encode(receipt.Write));
    }

    internal void Add(FreezeRecord record)
    {
        _freezes.Add(record);
        _encodings.Add(BeaconWire.Encode(record.Write));
    }

    internal void Add(Conviction conviction)
    {
        _convictions.Add(conviction);
        _encodings.Add(BeaconWire.Encode(conviction.Write));
    }

    internal void Add(LayoutRecord record)
    {
        Layout = record;
        _encodings.Add(BeaconWire.Encode(record.Write));
    }

    /// <summary>Adds what an encoding says; false if it says nothing that a block lets out.</summary>
    internal bool TryAdd(ReadOnlySpan<byte> encoding)
    {
        if (WithdrawalReceipt.TryRead(encoding, out WithdrawalReceipt receipt) == ReadResult.Ok) Add(receipt);
        else if (FreezeRecord.TryRead(encoding, out FreezeRecord record) == ReadResult.Ok) Add(record);
        else if (Conviction.TryRead(encoding, out Conviction? conviction) == ReadResult.Ok) Add(conviction!);
        else if (LayoutRecord.TryRead(encoding, out LayoutRecord layout) == ReadResult.Ok && Layout is null) Add(layout);
        else return false;
        return true;
    }

    private Bytes32[] Leaves() => [.. _encodings.Select(encoding => TreeHash.Leaf(encoding))];
}
