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
internal readonly record struct Blake3Job(nint Left, nint Right, nint Digest, int Length = 64);

/// <summary>
/// Many independent single blocks, gathered and scattered through addresses: the parents of a tree, level by level.
/// Equal to <see cref="Blake3Core.Compress"/> bit for bit; allocates nothing.
/// </summary>
/// <remarks>The output of a job must not be the input of another one of the same call: they run sixteen at a time.</remarks>
internal static unsafe class Blake3Jobs
{
    private const int BlockWords = 16, DigestWords = 8;

    /// <summary>Runs the jobs in the widest lanes that there are work and registers for.</summary>
    public static void Run(in Blake3Words key, Blake3Flags flags, ReadOnlySpan<Blake3Job> jobs)
    {
        if (!BitConverter.IsLittleEndian) RunEach(key, flags, jobs);
        else if (Vector512.IsHardwareAccelerated) Run<Words512, Vector512<uint>>(key, flags, jobs);
        else if (Vector256.IsHardwareAccelerated) Run<Words256, Vector256<uint>>(key, flags, jobs);
        else if (Vector128.IsHardwareAccelerated) Run<Words128, Vector128<uint>>(key, flags, jobs);
        else RunEach(key, flags, jobs);
    }

    [SkipLocalsInit]
    internal static void Run<TLanes, TVector>(in Blake3Words key, Blake3Flags flags, ReadOnlySpan<Blake3Job> jobs)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        // A few left over cost less in narrow lanes: a lane that is idle takes as long as a busy one.
        while (jobs.Length > TLanes.Count / 2)
        {
            int count = Math.Min(TLanes.Count, jobs.Length);
            Group<TLanes, TVector>(key, flags, ref MemoryMarshal.GetReference(jobs), count);
            jobs = jobs[count..];
        }
        if (jobs.IsEmpty) return;
        if (TLanes.Count == 16 && Vector256.IsHardwareAccelerated) Run<Words256, Vector256<uint>>(key, flags, jobs);
        else if (TLanes.Count >= 8 && Vector128.IsHardwareAccelerated) Run<Words128, Vector128<uint>>(key, flags, jobs);
        else if (TLanes.Count == 4 && jobs.Length == 2) Group<TLanes, TVector>(key, flags, ref MemoryMarshal.GetReference(jobs), 2);
        else RunEach(key, flags, jobs);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Group<TLanes, TVector>(in Blake3Words key, Blake3Flags flags, ref Blake3Job jobs, int count)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<TVector> vectors = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(BlockWords + DigestWords)], BlockWords + DigestWords);
        ref TVector words = ref MemoryMarshal.GetReference(vectors);
        ref TVector chaining = ref Unsafe.Add(ref words, BlockWords);
        nint* left = stackalloc nint[16], right = stackalloc nint[16], digest = stackalloc nint[16];
        uint* lengths = stackalloc uint[16];
        bool whole = true;
        // Lanes without a job repeat the first one, its output too.
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            ref Blake3Job job = ref Unsafe.Add(ref jobs, lane < count ? lane : 0);
            (left[lane], right[lane], digest[lane]) = (job.Left, job.Right, job.Digest);
            lengths[lane] = (uint)job.Length;
            whole &= job.Length == 64;
        }
        ref byte zero = ref Unsafe.NullRef<byte>();
        TLanes.Load(ref zero, ref *left, ref words);
        TLanes.Load(ref Unsafe.AddByteOffset(ref zero, 16), ref *left, ref Unsafe.Add(ref words, 4));
        TLanes.Load(ref zero, ref *right, ref Unsafe.Add(ref words, 8));
        TLanes.Load(ref Unsafe.AddByteOffset(ref zero, 16), ref *right, ref Unsafe.Add(ref words, 12));
        Blake3Kernel<TLanes, TVector>.SetKey(key, ref chaining);
        TVector length = whole ? TLanes.Broadcast(64) : Unsafe.ReadUnaligned<TVector>(lengths);
        Blake3Kernel<TLanes, TVector>.Compress(ref chaining, ref Unsafe.As<TVector, uint>(ref words), TLanes.Count, TLanes.Broadcast(0), 0, length, flags);
        TLanes.Store(ref chaining, ref zero, ref *digest);
        TLanes.Store(ref Unsafe.Add(ref chaining, 4), ref Unsafe.AddByteOffset(ref zero, 16), ref *digest);
    }

    internal static void RunEach(in Blake3Words key, Blake3Flags flags, ReadOnlySpan<Blake3Job> jobs)
    {
        Blake3Block block = default;
        foreach (ref readonly Blake3Job job in jobs)
        {
            new ReadOnlySpan<byte>((void*)job.Left, 32).CopyTo(block.Bytes);
            new ReadOnlySpan<byte>((void*)job.Right, 32).CopyTo(block.Bytes[32..]);
            Blake3Words node = key;
            Blake3Core.Compress(ref node, block, 0, job.Length, flags);
            node.Write(new Span<byte>((void*)job.Digest, 32));
        }
    }
}
