using System.Runtime.Intrinsics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>Chooses the lanes of the erasure code; the dispatch is here and nowhere else.</summary>
internal static class SymbolLanes
{
    /// <summary>Whether this machine has any; else the readable reference serves.</summary>
    public static bool AreSupported => Gf8Nibbles128.IsSupported && BitConverter.IsLittleEndian;

    /// <summary>Runs a job over <paramref name="length"/> bytes of each shard, a multiple of 64, from <paramref name="column"/> on.</summary>
    public static void Run<TJob>(ref TJob job, CantorField field, nint column, nint length) where TJob : struct, IColumnJob
    {
        if (field.Bits == 8)
        {
            if (Gf8Affine512.IsSupported) job.Run<Gf8Affine512, Vector512<byte>>(column, length);
            else if (Gf8Affine256.IsSupported) job.Run<Gf8Affine256, nint>(column, length);
            else if (Gf8Nibbles256.IsSupported) job.Run<Gf8Nibbles256, nint>(column, length);
            else job.Run<Gf8Nibbles128, nint>(column, length);
        }
        else if (Gf16Affine256.IsSupported)
        {
            // Two units of 64 bytes go into the widest lanes; the last of an odd number goes alone.
            nint pairs = Gf16Affine512.IsSupported ? length & -Gf16Affine512.Size : 0;
            if (pairs > 0) job.Run<Gf16Affine512, nint>(column, pairs);
            if (pairs < length) job.Run<Gf16Affine256, nint>(column + pairs, length - pairs);
        }
        else if (Gf16Nibbles256.IsSupported) job.Run<Gf16Nibbles256, nint>(column, length);
        else job.Run<Gf16Nibbles128, nint>(column, length);
    }
}
