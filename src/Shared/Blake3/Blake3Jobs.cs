using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.Shared;

/// <summary>
/// One call of the compression function: a block of two halves anywhere in unmanaged memory, 32 bytes each, and where
/// its 32 bytes of output go. The output may lie over the input.
/// </summary>
/// <param name="Left">Address of the first half.</param>
/// <param name="Right">Address of the second half.</param>
/// <param name="Digest">Address of the output.</param>
/// <param name="Length">Bytes of the block, 0 to 64; those beyond are zero.</param>
internal readonly record struct Blake3Job(nint Left, nint Right, nint Digest, nint Length = 64);

/// <summary>
/// Many independent single blocks, gathered and scattered through addresses: the parents of a tree, level by level.
/// Equal to <see cref="Blake3Core.Compress"/> bit for bit; allocates nothing.
/// </summary>
/// <remarks>The output of a job must not be the input of another one of the same call: they run sixteen at a time.</remarks>
internal static unsafe class Blake3Jobs
{
    private const int BlockWords = 16, DigestWords = 8;

    // Addresses from one job to the next.
    private const int Step = 4;

    /// <summary>Runs the jobs in the widest lanes that there are work and registers for.</summary>
    /// <param name="whole">Whether every block is of 64 bytes.</param>
    public static void Run(in Blake3Words key, Blake3Flags flags, ReadOnlySpan<Blake3Job> jobs, bool whole = true)
    {
        if (!BitConverter.IsLittleEndian) RunEach(key, flags, jobs);
        else if (Vector512.IsHardwareAccelerated) Run<Words512, Vector512<uint>>(key, flags, jobs, whole);
        else if (Vector256.IsHardwareAccelerated) Run<Words256, Vector256<uint>>(key, flags, jobs, whole);
        else if (Vector128.IsHardwareAccelerated) Run<Words128, Vector128<uint>>(key, flags, jobs, whole);
        else RunEach(key, flags, jobs);
    }

    [SkipLocalsInit]
    internal static void Run<TLanes, TVector>(in Blake3Words key, Blake3Flags flags, ReadOnlySpan<Blake3Job> jobs, bool whole = true)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        while (!jobs.IsEmpty)
        {
            if (TLanes.Count == 16 && jobs.Length <= 8 && Vector256.IsHardwareAccelerated)
            {
                // A lane that is idle takes as long as a busy one.
                Run<Words256, Vector256<uint>>(key, flags, jobs, whole);
                return;
            }
            int count = Math.Min(TLanes.Count, jobs.Length);
            Group<TLanes, TVector>(key, flags, ref MemoryMarshal.GetReference(jobs), count, whole);
            jobs = jobs[count..];
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Group<TLanes, TVector>(in Blake3Words key, Blake3Flags flags, scoped ref Blake3Job jobs, int count, bool whole)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<TVector> vectors = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(BlockWords + DigestWords)], BlockWords + DigestWords);
        ref TVector words = ref MemoryMarshal.GetReference(vectors);
        ref TVector chaining = ref Unsafe.Add(ref words, BlockWords);
        Span<Blake3Job> padded = stackalloc Blake3Job[16];
        if (count < TLanes.Count)
        {
            // Lanes without a job repeat the first one, its output too.
            padded[count..].Fill(jobs);
            MemoryMarshal.CreateSpan(ref jobs, count).CopyTo(padded);
            jobs = ref MemoryMarshal.GetReference(padded);
        }
        ref nint left = ref Unsafe.As<Blake3Job, nint>(ref jobs), right = ref Unsafe.Add(ref left, 1), digest = ref Unsafe.Add(ref left, 2);
        ref byte zero = ref Unsafe.NullRef<byte>(), next = ref Unsafe.AddByteOffset(ref zero, 16);
        TLanes.Load(ref zero, ref left, ref words, Step);
        TLanes.Load(ref next, ref left, ref Unsafe.Add(ref words, 4), Step);
        TLanes.Load(ref zero, ref right, ref Unsafe.Add(ref words, 8), Step);
        TLanes.Load(ref next, ref right, ref Unsafe.Add(ref words, 12), Step);
        Blake3Kernel<TLanes, TVector>.SetKey(key, ref chaining);
        TVector length = TLanes.Broadcast(64);
        if (!whole)
        {
            Span<uint> lengths = stackalloc uint[16];
            for (int lane = 0; lane < TLanes.Count; lane++) lengths[lane] = (uint)Unsafe.Add(ref jobs, lane).Length;
            length = Unsafe.ReadUnaligned<TVector>(ref Unsafe.As<uint, byte>(ref lengths[0]));
        }
        Blake3Kernel<TLanes, TVector>.Compress(ref chaining, ref Unsafe.As<TVector, uint>(ref words), TLanes.Count, TLanes.Broadcast(0), 0, length, flags);
        TLanes.Store(ref chaining, ref zero, ref digest, Step);
        TLanes.Store(ref Unsafe.Add(ref chaining, 4), ref next, ref digest, Step);
    }

    internal static void RunEach(in Blake3Words key, Blake3Flags flags, ReadOnlySpan<Blake3Job> jobs)
    {
        Blake3Block block = default;
        foreach (ref readonly Blake3Job job in jobs)
        {
            new ReadOnlySpan<byte>((void*)job.Left, 32).CopyTo(block.Bytes);
            new ReadOnlySpan<byte>((void*)job.Right, 32).CopyTo(block.Bytes[32..]);
            Blake3Words node = key;
            Blake3Core.Compress(ref node, block, 0, (int)job.Length, flags);
            node.Write(new Span<byte>((void*)job.Digest, 32));
        }
    }
}
