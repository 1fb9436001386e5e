using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

/// <summary>Single blocks gathered by address, in every width and count, against the compression function.</summary>
public unsafe class Blake3JobsTests
{
    private const Blake3Flags Flags = Blake3Flags.KeyedHash | Blake3Flags.ChunkStart | Blake3Flags.ChunkEnd | Blake3Flags.Root;

    private delegate void Runner(in Blake3Words key, Blake3Flags flags, ReadOnlySpan<Blake3Job> jobs, bool whole = true);

    [Fact]
    public void Run_EveryCountAndWidth_EqualsOneByOne() => Check();

    [Theory]
    [InlineData(Testing.InstructionSet.Avx512)]
    [InlineData(Testing.InstructionSet.Avx2)]
    [InlineData(Testing.InstructionSet.All)]
    public void Run_WithoutInstructionSets_EqualsOneByOne(Testing.InstructionSet set) => IsaRerun.Without(set, Check);

    [Fact]
    public void Run_KeyedBlock_IsTheKeyedHash()
    {
        byte[] key = Bytes(32, 1), message = Bytes(64, 2), expected = new byte[32], digest = new byte[32];
        foreach (int length in (int[])[0, 1, 31, 63, 64])
        {
            Blake3.KeyedHash(key, message.AsSpan(0, length), expected);
            byte[] block = new byte[64];
            message.AsSpan(0, length).CopyTo(block);
            fixed (byte* at = block, to = digest) Blake3Jobs.Run(Blake3Words.Read(key), Flags, [new Blake3Job((nint)at, (nint)at + 32, (nint)to, length)], whole: false);
            Assert.Equal(expected, digest);
        }
    }

    [Fact]
    public void Run_AnyCount_AllocatesNothing()
    {
        byte* memory = (byte*)NativeMemory.AllocZeroed(96 * 40);
        var jobs = new Blake3Job[40];
        for (int i = 0; i < jobs.Length; i++) jobs[i] = new Blake3Job((nint)(memory + 96 * i), (nint)(memory + 96 * i + 32), (nint)(memory + 96 * i + 64));
        AllocationAssert.None(() => Blake3Jobs.Run(Blake3Core.InitialVector, Flags, jobs));
        NativeMemory.Free(memory);
    }

    private static void Check()
    {
        Runner[] runners =
        [
            Blake3Jobs.Run, Blake3Jobs.Run<Words1, uint>, Blake3Jobs.Run<Words128, Vector128<uint>>,
            Blake3Jobs.Run<Words256, Vector256<uint>>, Blake3Jobs.Run<Words512, Vector512<uint>>,
        ];
        Blake3Words key = Blake3Words.Read(Bytes(32, 3));
        for (int count = 0; count <= 50; count++)
            foreach (Runner runner in runners)
            {
                // Each half in a row of its own, in no order, and not aligned; every third output lies over its input.
                byte[] memory = Bytes(count * 3 * 33 + 64, count), expected = [.. memory];
                var jobs = new Blake3Job[count];
                fixed (byte* at = memory, to = expected)
                {
                    for (int i = 0; i < count; i++)
                    {
                        int left = 33 * ((7 * i + 3) % count), right = 33 * (count + (11 * i + 5) % count), digest = 33 * (2 * count + i);
                        if (count % 7 == 0 || count % 11 == 0) (left, right) = (33 * i, 33 * (count + i));
                        if (i % 3 == 0 && left == 33 * i) digest = left;
                        int length = count % 2 == 0 ? 64 : (i * 5) % 65;
                        if (length < 64) Clear(at, left, right, length);
                        if (length < 64) Clear(to, left, right, length);
                        jobs[i] = new Blake3Job((nint)(at + left), (nint)(at + right), (nint)(at + digest), length);
                    }
                    foreach (ref Blake3Job job in jobs.AsSpan())
                    {
                        Blake3Job moved = new((nint)to + (job.Left - (nint)at), (nint)to + (job.Right - (nint)at), (nint)to + (job.Digest - (nint)at), job.Length);
                        Blake3Jobs.RunEach(key, Flags, [moved]);
                    }
                    runner(key, Flags, jobs, whole: count % 2 == 0);
                }
                Assert.Equal(expected, memory);
            }
    }

    private static void Clear(byte* memory, int left, int right, int length)
    {
        for (int i = length; i < 64; i++) memory[i < 32 ? left + i : right + i - 32] = 0;
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new SeededRandom((ulong)seed).NextBytes(bytes);
        return bytes;
    }
}
