using System.Buffers;
using Prozchain.Testing;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Pitfall 9: whatever bytes a proof has, reader and verifier name a reason and take little memory.</summary>
public sealed class ProofBytesTests
{
    // Of these keys and those of the tests: reading and verifying, whatever the bytes.
    private const long Cap = 1 << 20;

    private const int Header = 3 + 2;

    // Before the opened values, constraints fail; behind them, the low-degree test does; and a value that no constraint reads is for the latter.
    private static readonly VerifyResult[] s_early =
        [VerifyResult.NonCanonicalElement, VerifyResult.InsufficientWork, VerifyResult.LookupImbalance, VerifyResult.ConstraintMismatch];

    private static readonly VerifyResult[] s_late =
    [
        VerifyResult.NonCanonicalElement, VerifyResult.InsufficientWork, VerifyResult.RootMismatch, VerifyResult.WrongFold, VerifyResult.WrongFinalPolynomial,
        VerifyResult.WrongShape, VerifyResult.Truncated, VerifyResult.TrailingBytes,
    ];

    private static readonly Lazy<(StarkKey<F> Key, byte[] Bytes)> s_small = new(() => Made(hiding: false)), s_hiding = new(() => Made(hiding: true));

    private static (StarkKey<F> Key, byte[] Bytes) Made(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key(hiding, queries: 6, grinding: new(2, 2, 2, 2, 2, 2));
        ArrayBufferWriter<byte> bytes = new();
        (var traces, F[][] publics) = PitfallCase.Witness();
        StarkProver.Prove(key, traces, publics, new() { Randomness = new SeededGenerator(1) }).Write(bytes);
        return (key, bytes.WrittenSpan.ToArray());
    }

    private static VerifyResult? Read(StarkKey<F> key, ReadOnlySpan<byte> bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        VerifyResult? result = StarkProof.TryRead(bytes, out StarkProof? proof) == ReadResult.Ok ? PitfallCase.Verify(key, proof!) : null;
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(taken < Cap, $"Expected less than {Cap} bytes, got {taken}.");
        Assert.True(result is null || (Enum.IsDefined(result.Value) && result != VerifyResult.None));
        return result;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryByteChanged(bool hiding)
    {
        (StarkKey<F> key, byte[] bytes) = (hiding ? s_hiding : s_small).Value;
        Assert.Equal(VerifyResult.Valid, Read(key, bytes));
        LyingProver prover = PitfallCase.Prover(key);
        prover.Prove();
        int lowDegree = Header + prover.LowDegreeOffset;
        int values = lowDegree - 16 * new ProofLayout<F>(key, [PitfallCase.AskedLog, 6]).Slots.Sum(slot => slot.Width);
        Parallel.For(0, bytes.Length, at =>
        {
            byte[] changed = [.. bytes];
            foreach (byte pattern in (ReadOnlySpan<byte>)(at % 4 == 3 ? [0x80, 0xFF] : at % 4 == 0 ? [0x01] : [0x10]))
            {
                changed[at] = (byte)(bytes[at] ^ pattern);
                VerifyResult? result = Read(key, changed);
                bool isNamed = at < Header ? result != VerifyResult.Valid : (at < lowDegree && s_early.Contains(result!.Value)) || (at >= values && s_late.Contains(result!.Value));
                Assert.True(isNamed, $"Byte {at} ^ {pattern}: {result}.");
            }
        });
    }

    [Fact]
    public void EveryLength()
    {
        (StarkKey<F> key, byte[] bytes) = s_small.Value;
        Parallel.For(0, bytes.Length, length =>
        {
            VerifyResult? result = Read(key, bytes.AsSpan(0, length));
            Assert.True(length < Header ? result is null : result == VerifyResult.Truncated, $"{length} bytes: {result}.");
        });
        Assert.Equal(VerifyResult.TrailingBytes, Read(key, [.. bytes, 0]));
        Assert.Equal(VerifyResult.TrailingBytes, Read(key, [.. bytes, .. bytes]));
    }

    [Fact]
    public void EveryHeight()
    {
        (StarkKey<F> key, byte[] bytes) = s_small.Value;
        for (int height = 0; height < 256; height++)
            foreach (int table in (int[])[3, 4])
            {
                byte[] changed = [.. bytes];
                changed[table] = (byte)height;
                VerifyResult? result = Read(key, changed);
                // The key serves 2^6 to 2^8 rows of the first table; of another height among them, the first nonce shows no work.
                VerifyResult? expected = height == bytes[table] ? VerifyResult.Valid
                    : height > 32 ? null : table == 3 && height is >= 6 and <= 8 ? VerifyResult.InsufficientWork : VerifyResult.WrongShape;
                Assert.Equal((table, height, expected), (table, height, result));
            }
    }

    /// <summary>Heights that are claimed cost little before their rows are seen to be there.</summary>
    [Fact]
    public void TallTablesWithoutMessages()
    {
        StarkKey<F> key = PitfallCase.Key([new Prozchain.Zk.Airs.FibonacciAir()], least: 0, most: 22, queries: 200);
        foreach (byte height in (byte[])[0, 10, 22])
            foreach (int length in (int[])[0, 100, 1000])
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                VerifyResult result = StarkVerifier.Verify(key, [[F.Zero, F.One, F.One]], new([height], new byte[length]));
                Assert.Equal(length < 1000 ? VerifyResult.Truncated : VerifyResult.ConstraintMismatch, result);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 17);
            }
    }

    [Fact]
    public void HostileBytesAnywhere()
    {
        (StarkKey<F> key, byte[] bytes) = s_hiding.Value;
        HostileBytes.Feed([bytes, s_small.Value.Bytes], mutated => Assert.True(mutated.SequenceEqual(bytes) || Read(key, mutated) != VerifyResult.Valid), count: 1000);
    }

    [Fact]
    public void TheReader()
    {
        (_, byte[] bytes) = s_small.Value;
        Assert.Equal(ReadResult.Truncated, StarkProof.TryRead([], out _));
        Assert.Equal(ReadResult.UnsupportedVersion, StarkProof.TryRead([2, .. bytes[1..]], out _));
        Assert.Equal(ReadResult.Truncated, StarkProof.TryRead([1, 1, 0, 4, .. new byte[GroupPlace.EncodedSize - 1]], out _));
        Assert.Equal(ReadResult.OutOfRange, StarkProof.TryRead([1, 1, 0, 4, .. new byte[GroupPlace.EncodedSize]], out _));
        Assert.Equal(ReadResult.OutOfRange, StarkProof.TryRead([0, 0, 0, .. bytes[3..]], out _));
        Assert.Equal(ReadResult.OutOfRange, StarkProof.TryRead([0, 1, 4, .. new byte[2000]], out _));
        Assert.Equal(ReadResult.OutOfRange, StarkProof.TryRead([0, 1, 0, 33], out _));
        Assert.Equal(ReadResult.Truncated, StarkProof.TryRead([0, 0, 4, .. new byte[1023]], out _));
        Assert.Equal(ReadResult.Ok, StarkProof.TryRead([0, 0, 4, .. new byte[1024]], out StarkProof? empty));
        Assert.Equal(VerifyResult.WrongShape, PitfallCase.Verify(s_small.Value.Key, empty!));
    }

    /// <summary>9: an element plus the modulus is the same number in another encoding, and refused.</summary>
    [Fact]
    public void ElementsThatAreNotCanonical()
    {
        StarkKey<F> key = PitfallCase.Key();
        (var traces, F[][] publics) = PitfallCase.Witness();
        LyingProver prover = new(key, traces, publics);
        StarkProof proof = prover.Prove();
        int refused = 0;
        for (int at = 4 * 32 - 32 + 2 * 16; at < prover.LowDegreeOffset; at += 4)
        {
            byte[] messages = proof.Messages.ToArray();
            uint value = BitConverter.ToUInt32(messages, at);
            if (value > uint.MaxValue - KoalaBearModulus) continue;
            BitConverter.TryWriteBytes(messages.AsSpan(at), value + KoalaBearModulus);
            Assert.Equal(VerifyResult.NonCanonicalElement, PitfallCase.Verify(key, new(proof.LogRows.ToArray(), messages)));
            refused++;
        }
        Assert.True(refused > 10);
    }

    private const uint KoalaBearModulus = 2130706433;
}
