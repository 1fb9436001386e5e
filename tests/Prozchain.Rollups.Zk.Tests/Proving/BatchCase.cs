using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Seeded statements of batches, and what is around them.</summary>
internal static class BatchCase
{
    public const ulong Chain = 7;

    public static L1Address Bridge { get; } = new(Enumerable.Repeat((byte)0xB0, L1Address.Size).ToArray());

    public static BatchRules Rules { get; } = new(new PaymentRules(Chain, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered }, Bridge) { Limits = new BatchLimits(1_000, 1 << 20) };

    /// <summary>A statement of a batch with everything, which nobody has proven.</summary>
    public static BatchStatement Any(ulong seed)
    {
        var random = new SeededRandom(seed);
        ulong taken = (ulong)random.Next(1_000);
        return new BatchStatement
        {
            Setup = Digest(random), ChainId = Chain, RootBefore = Root(random), ExitRootBefore = Digest(random), RootAfter = Root(random), IsLive = true,
            Previous = new InboxHead(Digest(random), (ulong)random.Next(1_000), SourceKind.Blobs, Digest(random), taken, Digest(random), random.NextUInt64(), random.NextUInt64()),
            Length = 200_000, Chunks = [Digest(random), Digest(random)], Head = random.Bytes(random.Next(38)), Items = Digest(random), Count = random.NextUInt64(),
            Time = random.NextUInt64(), Block = random.NextUInt64(), BlockTime = random.NextUInt64(),
            Forced = [.. Enumerable.Range(0, 3).Select(i => new ForcedItem(taken + (ulong)i, Address(random), random.Bytes(random.Next(300)), random.NextUInt64()) { TimestampSeconds = random.NextUInt64() })],
            Exits =
            [
                new(3, EffectKind.Withdrawal, 17, (uint)random.Next(1 << 15), random.NextUInt64(), Address(random)), new(4, EffectKind.Message, 18, 0, 0, Address(random)),
                new(9, EffectKind.Withdrawal, (1 << 30) - 2, 0, (UInt128.One << 120) - 1, Address(random)),
            ],
            Payloads = [new(2, 0, random.Bytes(5)), new(4, 2, random.Bytes(200)), new(5, 1, default)],
        };
    }

    /// <summary>The bytes of a deposit for account 0.</summary>
    public static ReadOnlyMemory<byte> Deposit(UInt128 amount) =>
        StepItem.Of(new InboundMessage { Token = 1, Amount = amount, Recipient = AccountAddress.FromNumber(0), Sender = new L1Address(Enumerable.Repeat((byte)0xD0, L1Address.Size).ToArray()) }).Data;

    public static byte[] Write(BatchStatement statement)
    {
        var bytes = new ArrayBufferWriter<byte>();
        BatchStatementWire.Write(statement, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    public static Digest32 Digest(SeededRandom random) => new(random.Bytes(Digest32.Size));

    /// <summary>Eight words below the modulus.</summary>
    public static Digest32 Root(SeededRandom random)
    {
        byte[] bytes = random.Bytes(Digest32.Size);
        for (int i = 0; i < bytes.Length; i += 4) bytes[i] &= 0x3F;
        return new Digest32(bytes);
    }

    private static L1Address Address(SeededRandom random) => new(random.Bytes(L1Address.Size));
}
