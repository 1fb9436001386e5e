using System.Buffers;
using Prozchain.Testing;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Pitfall 9: whatever bytes a proof has, reader and verifier name a reason and take little memory.</summary>
public sealed class ProofBytesTests
{
    private const long Cap = 8 << 20;

    private static readonly Lazy<(StarkKey<F> Key, byte[] Bytes)> s_small = new(() => Made(hiding: false)), s_hiding = new(() => Made(hiding: true));

    private static (StarkKey<F> Key, byte[] Bytes) Made(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key(hiding, queries: 6, grinding: new(2, 2, 2, 2, 2, 2));
        ArrayBufferWriter<byte> bytes = new();
        (var traces, F[][] publics) = PitfallCase.Witness();
        StarkProver.Prove(key, traces, publics).Write(bytes);
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
        Parallel.For(0, bytes.Length, at =>
        {
            byte[] changed = [.. bytes];
            foreach (byte pattern in (ReadOnlySpan<byte>)(at % 4 == 3 ? [0x80, 0xFF] : at % 4 == 0 ? [0x01] : [0x10]))
            {
                changed[at] = (byte)(bytes[at] ^ pattern);
                Assert.True(Read(key, changed) != VerifyResult.Valid, $"Byte {at} ^ {pattern}.");
            }
        });
    }

    [Fact]
    public void EveryLength()
    {
        (StarkKey<F> key, byte[] bytes) = s_small.Value;
        int header = 3 + 2;
        Parallel.For(0, bytes.Length, length =>
        {
            VerifyResult? result = Read(key, bytes.AsSpan(0, length));
            Assert.True(length < header ? result is null : result == VerifyResult.Truncated, $"{length} bytes: {result}.");
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
                Assert.True(changed[table] == bytes[table] ? result == VerifyResult.Valid : height > 32 ? result is null : result is not VerifyResult.Valid and not null, $"{height}: {result}.");
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
        Assert.Equal(ReadResult.UnsupportedVersion, StarkProof.TryRead([1, .. bytes[1..]], out _));
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
