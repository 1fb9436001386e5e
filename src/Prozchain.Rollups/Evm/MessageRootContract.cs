namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/MessageRoot.sol.</summary>
internal static class MessageRootContract
{
    public static readonly AbiFunction
        Relay = new("relay(uint64,uint64,uint8,bytes32,address,bytes,bytes32[])"),
        Send = new("send(uint8,bytes32,bytes)", "(uint64)"),
        IsRelayed = new("isRelayed(uint64,uint64)", "(bool)"),
        Inbox = new("inbox()", "(address)"),
        Finality = new("finality()", "(address)"),
        LeafOf = new("leafOf(uint64,uint64,uint8,bytes32,address,bytes32)", "(bytes32)");

    public static readonly AbiEvent
        Relayed = new("Relayed(uint64 indexed,uint64 indexed,address indexed)"),
        Sent = new("Sent(uint64 indexed,address indexed,uint8,bytes32)");

    public static readonly AbiFunction[] Errors =
    [
        new("NotFinal(uint64)"), new("NotInTree()"), new("AlreadyRelayed(uint64,uint64)"), new("Frozen()"), new("NoTarget(address)"),
        new("TargetFailed(bytes)"), new("FeeTooLow(uint256,uint256)"), new("TransferFailed()"),
    ];

    private static readonly AbiFunction s_receive = new("onRollupMessage(uint8,bytes32,bytes)");

    private static readonly AbiType
        s_leaf = AbiType.Parse("(uint256,uint64,uint64,uint64,uint8,bytes32,address,bytes32)"),
        s_message = AbiType.Parse("(address,uint8,bytes32,bytes)");

    /// <summary>The function that a target must have.</summary>
    public static AbiFunction Receive => s_receive;

    /// <summary>The leaf of a message (docs/formats/rollups-exits.md).</summary>
    public static Digest32 LeafOfHash(ulong rollup, ulong batch, ulong index, AbiValue scheme, AbiValue digest, L1Address target, Digest32 dataHash) =>
        AbiCodec.Hash(s_leaf, 2UL, rollup, batch, index, scheme, digest, target, dataHash);

    /// <summary>The data of the forced item that a message in queues.</summary>
    public static byte[] EncodeMessage(L1Address from, AbiValue scheme, AbiValue digest, AbiValue data) => AbiCodec.Encode(s_message, from, scheme, digest, data);

    /// <summary>Reads the data of a forced item that the contract queued.</summary>
    public static bool TryReadMessage(ReadOnlyMemory<byte> item, out L1Address from, out byte scheme, out Digest32 digest, out ReadOnlyMemory<byte> data)
    {
        (from, scheme, digest, data) = (default, 0, default, default);
        if (AbiCodec.TryDecode(s_message, item, out AbiValue v) != AbiReadResult.Ok) return false;
        (from, scheme, digest, data) = (v[0].ToAddress(), (byte)v[1].ToUInt64(), v[2].ToDigest(), v[3].Bytes);
        return true;
    }
}
