using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public class PrefixedMessagesTests
{
    private delegate void Hash(PrefixedMessages messages, Span<byte> digests);

    private delegate void PaddedHash(ReadOnlySpan<byte> messages, int length, int stride, Span<byte> digests, int least);

    private static readonly Hash[] s_widths =
    [
        (messages, digests) => Sha256Lanes.HashPrefixed<Words1, uint>(messages, digests, 1),
        (messages, digests) => Sha256Lanes.HashPrefixed<Words128, Vector128<uint>>(messages, digests, 1),
        (messages, digests) => Sha256Lanes.HashPrefixed<Words256, Vector256<uint>>(messages, digests, 1),
        (messages, digests) => Sha256Lanes.HashPrefixed<Words512, Vector512<uint>>(messages, digests, 1),
        (messages, digests) => Sha256Lanes.HashPrefixed<Words512, Vector512<uint>>(messages, digests, 6),
    ];

    [Fact]
    public void HashPrefixed_EveryPrefixAndLength_EqualsOneByOne()
    {
        foreach (int prefix in (int[])[0, 1, 29, 30, 54, 55, 56, 63])
            foreach (int body in (int[])[0, 1, 8, 25, 33, 34, 35, 63, 64, 65, 127, 128, 180, 512, 513])
                foreach (int count in (int[])[0, 1, 3, 4, 8, 15, 16, 17, 40]) Check(prefix, body, count);
    }

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void HashPrefixed_WithoutInstructionSets_EqualsOneByOne(InstructionSet set) => IsaRerun.Without(set, () =>
    {
        foreach (int prefix in (int[])[0, 1, 30])
            foreach (int body in (int[])[20, 180, 512, 5000, 4096])
                foreach (int count in (int[])[1, 7, 16, 33]) Check(prefix, body, count);
    });

    [Fact]
    public void HashPrefixed_LongMessagesThatCollideInCaches_EqualOneByOne()
    {
        foreach (int prefix in (int[])[0, 1, 30])
            foreach (int body in (int[])[2048, 4096, 6144])
                foreach (int count in (int[])[8, 9, 15, 16, 25]) Check(prefix, body, count);
    }

    [Fact]
    public void HashPrefixed_OnGuardPages_StaysWithin()
    {
        foreach (GuardSide side in (GuardSide[])[GuardSide.After, GuardSide.Before])
            foreach (int body in (int[])[0, 34, 35, 98, 180, 512, 2048])
                foreach (int count in (int[])[1, 2, 5, 16, 17])
                {
                    byte[] source = Bytes(count * body), digests = new byte[32 * count];
                    using var bodies = new GuardedMemory<byte>(source, side);
                    using var prefixes = new GuardedMemory<byte>(Bytes(30 * count), side);
                    Sha256Lanes.HashPrefixed(prefixes.Span, 30, 30, bodies.Span, body, body, digests);
                    Assert.Equal(OneByOne(prefixes.Span, 30, 30, bodies.Span, body, body, count), digests);
                }
    }

    [Fact]
    public void HashPadded_EveryWidth_EqualsOneByOne()
    {
        foreach (int length in (int[])[0, 1, 55, 56, 65, 119, 120, 181])
            foreach (int count in (int[])[0, 1, 2, 3, 15, 16, 17, 40])
            {
                int blocks = (length + 72) / 64, stride = 64 * blocks + 16;
                byte[] messages = Bytes(count * stride), digests = new byte[32 * count], expected = OneByOne([], 0, 0, messages, length, stride, count);
                for (int i = 0; i < count; i++)
                {
                    Span<byte> padding = messages.AsSpan(i * stride, 64 * blocks)[length..];
                    padding.Clear();
                    padding[0] = 0x80;
                    System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(padding[^2..], (ushort)(8 * length));
                }
                Sha256Lanes.HashPadded(messages, length, stride, digests);
                Assert.Equal(expected, digests);
                foreach (PaddedHash hash in (PaddedHash[])
                    [Sha256Lanes.HashPadded<Words1, uint>, Sha256Lanes.HashPadded<Words128, Vector128<uint>>,
                        Sha256Lanes.HashPadded<Words256, Vector256<uint>>, Sha256Lanes.HashPadded<Words512, Vector512<uint>>])
                {
                    digests.AsSpan().Clear();
                    hash(messages, length, stride, digests, 1);
                    Assert.Equal(expected, digests);
                }
            }
        Assert.ThrowsAny<ArgumentException>(() => Sha256Lanes.HashPadded(new byte[16 * 64 - 1], 55, 64, new byte[16 * 32]));
    }

    [Fact]
    public void HashPrefixed_TooLittleMemory_Throws()
    {
        Assert.ThrowsAny<ArgumentException>(() => Sha256Lanes.HashPrefixed(new byte[1], 1, 0, new byte[16 * 64 - 1], 64, 64, new byte[16 * 32]));
        Assert.ThrowsAny<ArgumentException>(() => Sha256Lanes.HashPrefixed(new byte[15], 1, 1, new byte[16 * 64], 64, 64, new byte[16 * 32]));
    }

    [Fact]
    public void HashPrefixed_WarmedUp_AllocatesNothing()
    {
        byte[] bodies = Bytes(17 * 4096), digests = new byte[17 * 32];
        AllocationAssert.None(() =>
        {
            Sha256Lanes.HashPrefixed([0], 1, 0, bodies, 512, 512, digests);
            Sha256Lanes.HashPrefixed([0], 1, 0, bodies, 4000, 4000, digests);
            Sha256Lanes.HashPrefixed([0], 1, 0, bodies, 4096, 4096, digests);
        });
    }

    private static void Check(int prefix, int body, int count)
    {
        foreach ((int prefixStride, int bodyStride) in ((int, int)[])[(prefix, body), (0, body + 3)])
        {
            byte[] prefixes = Bytes(Math.Max(count * prefixStride, prefix)), bodies = Bytes(count * bodyStride), digests = new byte[32 * count];
            byte[] expected = OneByOne(prefixes, prefix, prefixStride, bodies, body, bodyStride, count);
            Sha256Lanes.HashPrefixed(prefixes, prefix, prefixStride, bodies, body, bodyStride, digests);
            Assert.Equal(expected, digests);
            foreach (Hash hash in s_widths)
            {
                digests.AsSpan().Clear();
                hash(new PrefixedMessages(prefixes, prefix, prefixStride, bodies, body, bodyStride), digests);
                Assert.True(expected.AsSpan().SequenceEqual(digests), $"{count} messages of {prefix} + {body} bytes differ.");
            }
        }
    }

    private static byte[] OneByOne(
        ReadOnlySpan<byte> prefixes, int prefix, int prefixStride, ReadOnlySpan<byte> bodies, int body, int bodyStride, int count)
    {
        var digests = new byte[32 * count];
        for (int i = 0; i < count; i++)
            SHA256.HashData([.. prefixes.Slice(i * prefixStride, prefix), .. bodies.Slice(i * bodyStride, body)], digests.AsSpan(32 * i));
        return digests;
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
