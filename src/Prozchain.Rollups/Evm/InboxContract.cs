using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Evm;

/// <summary>Calls, events and hash chains of contracts/src/Inbox.sol.</summary>
internal static class InboxContract
{
    public const ulong ForcedDelaySeconds = 600, OpenDelaySeconds = 24 * 3600, MaxForcedPerBatch = 10, MaxItems = 65_525, MaxAgeSeconds = 3600;
    public const int MaxForcedBytes = 8192;

    /// <summary>Items, their number, the batch's time.</summary>
    public const string List = "(bytes32,uint64,uint64)";

    public static readonly AbiFunction
        AppendCalldata = new($"appendCalldata(uint64,bytes,uint64,{List})"),
        AppendBlobs = new($"appendBlobs(uint64,uint256,uint64,{List})"),
        AppendCertified = new($"appendCertified(uint64,bytes32,uint64,bytes,uint64,{List})"),
        Enqueue = new("enqueue(bytes)", "(uint64)"),
        Collect = new("collect()"),
        ForcedFee = new("forcedFee()", "(uint256)"),
        QueuedAt = new("queuedAt(uint64)", "(uint64)"),
        IsOpen = new("isOpen()", "(bool)"),
        BatchCount = new("batchCount()", "(uint64)"),
        ForcedCount = new("forcedCount()", "(uint64)"),
        ForcedTaken = new("forcedTaken()", "(uint64)"),
        LastTime = new("lastTime()", "(uint64)"),
        BatchHead = new("batchHead()", "(bytes32)"),
        BatchHeads = new("batchHeads(uint64)", "(bytes32)"),
        ForcedHeads = new("forcedHeads(uint64)", "(bytes32)"),
        Earned = new("earned(address)", "(uint256)"),
        CertificateDigest = new("certificateDigest(bytes32,uint64)", "(bytes32)");

    public static readonly AbiEvent
        BatchAppended = new("BatchAppended(uint64 indexed,address indexed,uint8,bytes32,uint64,bytes32,uint64,uint64,uint64,bytes32,bytes32)"),
        ForcedQueued = new("ForcedQueued(uint64 indexed,address indexed,bytes32,uint64,bytes)");

    public static readonly AbiFunction[] Errors =
    [
        new("NotSequencer(address)"), new("WrongBatch(uint64,uint64)"), new("WrongForcedCount(uint64,uint64)"), new("ForcedDue(uint64)"),
        new("FeeTooLow(uint256,uint256)"), new("TooLong(uint256,uint256)"), new("WrongTime(uint64,uint64,uint64)"), new("WrongList()"), new("NoBlob(uint256)"), new("BadCertificate(uint256)"),
        new("TooFewSignatures(uint256,uint256)"), new("NothingEarned()"), new("TransferFailed()"),
    ];

    private static readonly AbiType
        s_batch = AbiType.Parse("(bytes32,uint64,uint8,bytes32,uint64,bytes32,uint256,uint256)"),
        s_commitment = AbiType.Parse("(bytes32,bytes32,uint64,uint64)"),
        s_item = AbiType.Parse("(address,bytes32)"),
        s_link = AbiType.Parse("(bytes32,bytes32,uint256,uint256)"),
        s_certificate = AbiType.Parse("(string,uint256,address,bytes32,uint64)");

    /// <summary>The list of a batch as the calls take it.</summary>
    public static AbiValue ListOf(Digest32 items, ulong count, ulong time) => AbiValue.List(items, count, time);

    /// <summary>What the head of the chain of batches names of a batch's data and list.</summary>
    public static Digest32 CommitmentOf(Digest32 data, Digest32 items, ulong count, ulong time) => AbiCodec.Hash(s_commitment, data, items, count, time);

    /// <summary>The same from a list as the calls take it.</summary>
    public static Digest32 CommitmentOf(Digest32 data, AbiValue list) => AbiCodec.Hash(s_commitment, data, list[0], list[1], list[2]);

    /// <summary>The head of the chain of batches after one more.</summary>
    public static Digest32 NextBatchHead(Digest32 before, in InboxBatch batch, ulong blockNumber, ulong timestamp) => AbiCodec.Hash(
        s_batch, before, batch.Number, (ulong)batch.Kind, batch.Commitment, batch.ForcedTaken, batch.ForcedHead, blockNumber, timestamp);

    /// <summary>The head after a batch from what other contracts are told of it: head before, kind, commitment, items taken, their head, block number, time.</summary>
    public static Digest32 HeadOf(ulong number, AbiValue fields) =>
        AbiCodec.Hash(s_batch, fields[0], number, fields[1], fields[2], fields[3], fields[4], fields[5], fields[6]);

    /// <summary>The head of the chain of forced items after one more.</summary>
    public static Digest32 NextForcedHead(Digest32 before, L1Address sender, ReadOnlySpan<byte> data, ulong blockNumber, ulong timestamp) =>
        NextForcedHead(before, sender, data, (AbiValue)blockNumber, timestamp);

    /// <summary>The same from words that others give.</summary>
    public static Digest32 NextForcedHead(Digest32 before, L1Address sender, ReadOnlySpan<byte> data, AbiValue blockNumber, AbiValue timestamp) => AbiCodec.Hash(
        s_link, before, ItemOf(sender, data), blockNumber, timestamp);

    /// <summary>What the chain of forced items names of one.</summary>
    public static Digest32 ItemOf(L1Address sender, ReadOnlySpan<byte> data) => AbiCodec.Hash(s_item, sender, new Digest32(Hashing.Keccak(data)));

    /// <summary>What a member of the data committee signs.</summary>
    public static Digest32 DigestOfCertificate(ulong chainId, L1Address inbox, Digest32 data, ulong length) => AbiCodec.Hash(
        s_certificate, AbiValue.Of("Prozchain data certificate v0"), chainId, inbox, data, length);

    /// <summary>Reads a log of the contract that appended a batch.</summary>
    public static bool TryRead(in ChainLog log, out InboxBatch batch)
    {
        batch = default;
        if (BatchAppended.TryDecode(log.TopicList(), log.Data, out AbiValue v) != AbiReadResult.Ok || v[2].ToUInt64() > (ulong)InboxDataKind.Certified) return false;
        batch = new InboxBatch(v[0].ToUInt64(), v[1].ToAddress(), (InboxDataKind)v[2].ToUInt64(), v[3].ToDigest(), v[4].ToUInt64(), v[5].ToDigest(), v[6].ToUInt64(), v[7].ToUInt64(), v[8].ToUInt64(), v[9].ToDigest(), v[10].ToDigest());
        return true;
    }

    /// <summary>Reads a log of the contract that queued an item.</summary>
    public static bool TryRead(in ChainLog log, out InboxForcedItem item)
    {
        item = default;
        if (ForcedQueued.TryDecode(log.TopicList(), log.Data, out AbiValue v) != AbiReadResult.Ok) return false;
        item = new InboxForcedItem(v[0].ToUInt64(), v[1].ToAddress(), v[2].ToDigest(), v[3].ToUInt64(), v[4].Bytes);
        return true;
    }
}
