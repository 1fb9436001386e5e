namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/Bridge.sol.</summary>
internal static class BridgeContract
{
    public static readonly AbiFunction
        Register = new("register(address)", "(uint32)"),
        DepositEther = new("depositEther(uint128,uint8,bytes32)", "(uint64)"),
        DepositToken = new("depositToken(uint32,uint128,uint8,bytes32)", "(uint64)"),
        Withdraw = new("withdraw(uint64,uint64,uint32,uint128,address,bytes32[])"),
        Release = new("release(uint64,uint64,uint32,uint128,address)"),
        PayOut = new("payOut(uint32,uint128,address)"),
        Escrow = new("escrow(uint32)", "(uint256)"),
        DelayedOf = new("delayed(uint32)", "(uint256)"),
        ReadyAt = new("readyAt(bytes32)", "(uint64)"),
        IsTaken = new("isTaken(uint64,uint64)", "(bool)"),
        Tokens = new("tokens(uint256)", "(address)"),
        TokenNumbers = new("tokenNumbers(address)", "(uint32)");

    public static readonly AbiEvent
        TokenRegistered = new("TokenRegistered(uint32 indexed,address indexed)"),
        Deposited = new("Deposited(uint64 indexed,address indexed,uint32,uint128,uint8,bytes32)"),
        Withdrawn = new("Withdrawn(uint64 indexed,uint64 indexed,address indexed,uint32,uint128)"),
        Delayed = new("Delayed(uint64 indexed,uint64 indexed,address indexed,uint32,uint128,uint64)"),
        Released = new("Released(bytes32 indexed)"),
        PaidOut = new("PaidOut(address indexed,uint32,uint128)");

    public static readonly AbiFunction[] Errors =
    [
        new("UnknownToken(uint32)"), new("AlreadyRegistered(address)"), new("NotAToken(address)"), new("NothingDeposited()"), new("TooMuch(uint256)"),
        new("WrongValue(uint256,uint256)"), new("TransferFailed()"), new("Reentered()"),
        new("BadLimits()"), new("NotFinal(uint64)"), new("NotInTree()"), new("AlreadyTaken(uint64,uint64)"), new("NotEscrowed(uint256,uint256)"),
        new("NotReady(uint64)"), new("Paused()"), new("Frozen()"), new("NotHatch(address)"),
    ];

    private static readonly AbiType s_deposit = AbiType.Parse("(uint32,uint128,uint8,bytes32,address)");
    private static readonly AbiType s_leaf = AbiType.Parse("(uint256,uint64,uint64,uint64,uint32,uint128,address)");

    /// <summary>The data of the forced item that a deposit queues.</summary>
    public static byte[] EncodeDeposit(uint token, UInt128 amount, AbiValue scheme, AbiValue digest, L1Address from) =>
        AbiCodec.Encode(s_deposit, (ulong)token, amount, scheme, digest, from);

    /// <summary>The leaf of a withdrawal (docs/formats/rollups-exits.md).</summary>
    public static Digest32 Leaf(ulong rollup, ulong batch, ulong index, uint token, UInt128 amount, L1Address recipient) =>
        AbiCodec.Hash(s_leaf, 1UL, rollup, batch, index, (ulong)token, amount, recipient);

    /// <summary>Reads the data of a forced item that the bridge queued; an unknown scheme of address is the deposit's own affair.</summary>
    public static bool TryReadDeposit(ReadOnlyMemory<byte> data, out BridgeDeposit deposit)
    {
        deposit = default;
        if (data.Length != 5 * 32 || AbiCodec.TryDecode(s_deposit, data, out AbiValue v) != AbiReadResult.Ok) return false;
        deposit = new BridgeDeposit((uint)v[0].ToUInt64(), v[1].ToUInt128(), (byte)v[2].ToUInt64(), v[3].ToDigest(), v[4].ToAddress());
        return true;
    }
}
