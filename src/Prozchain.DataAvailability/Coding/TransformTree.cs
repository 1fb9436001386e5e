using System.Runtime.InteropServices;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// The additive FFT over rows of working memory, depth first: eight subtrees and then three layers over all of them, so
/// that each level works on what still lies in the cache that it fits into. At the top, where the way up and the way
/// down meet, lie the one to three layers that are left over. Rows that do not count are neither computed nor read.
/// </summary>
internal static unsafe class TransformTree<T, TFactor>
    where T : unmanaged, ISymbolLanes<T, TFactor>
    where TFactor : unmanaged
{
    private const int RadixLog = 3, Radix = 1 << RadixLog;

    /// <summary>Bytes that a transform needs for its factors; aligned to 8.</summary>
    public static int FactorBytes => 2 * TransformKernel<T, TFactor>.MaxFactors * T.FactorSize;

    /// <summary>The inverse transform of 2^<paramref name="layers"/> rows, up to the layers of <see cref="Top"/>.</summary>
    /// <param name="offset">Element of the first row.</param>
    public static void Up<TRows>(in TRows rows, byte* work, nint pitch, int layers, int offset, byte* room) where TRows : struct, IRows
    {
        int lower = layers - TopLayers(layers);
        for (int first = 0; first < 1 << layers; first += 1 << lower) Inverse(rows, work, pitch, first, lower, offset, room);
    }

    /// <summary>The layers of the top.</summary>
    public static void Top<TStep, TLead>(byte* work, nint pitch, int layers, int offset, byte* room)
        where TStep : struct, ITopStep
        where TLead : struct, ILead
    {
        int top = TopLayers(layers), lower = layers - top;
        byte* forward = T.Factors(room + TransformKernel<T, TFactor>.MaxFactors * T.FactorSize, 0, top);
        byte* factors = T.Factors(room, offset >> lower, top);
        // Only the derivative tells rows apart; else all are one long row.
        nint stride = pitch << lower, length = TStep.Differentiates ? pitch : stride;
        int rows = TStep.Differentiates ? 1 << lower : 1;
        if (top == 3) TransformKernel<T, TFactor>.Top8<TStep, TLead>(work, stride, length, factors, forward, rows);
        else if (top == 2) TransformKernel<T, TFactor>.Top4<TStep, TLead>(work, stride, length, factors, forward, rows);
        else TransformKernel<T, TFactor>.Top2<TStep, TLead>(work, stride, length, factors, forward, rows);
    }

    /// <summary>The forward transform from the layers of <see cref="Top"/> down; it starts at element 0.</summary>
    public static void Down<TRows>(in TRows rows, byte* work, nint pitch, int layers, byte* room) where TRows : struct, IRows
    {
        int lower = layers - TopLayers(layers);
        for (int first = 0; first < 1 << layers; first += 1 << lower) Forward(rows, work, pitch, first, lower, room);
    }

    private static int TopLayers(int layers) => (layers - 1) % RadixLog + 1;

    private static void Inverse<TRows>(in TRows rows, byte* work, nint pitch, int first, int layers, int offset, byte* room)
        where TRows : struct, IRows
    {
        byte* start = work + first * pitch;
        if (!rows.Any(first, 1 << layers))
        {
            NativeMemory.Clear(start, (nuint)(pitch << layers));
            return;
        }
        if (layers == 0)
        {
            rows.Read(first, start, pitch);
            return;
        }

        int lower = layers - RadixLog;
        nint shardStride = 0;
        byte* octet = lower == 0 ? rows.Octet(first, out shardStride) : null;
        if (octet == null)
            for (int i = 0; i < Radix; i++) Inverse(rows, work, pitch, first + (i << lower), lower, offset, room);
        byte* factors = T.Factors(room, (offset + first) >> lower, RadixLog);
        nint stride = pitch << lower;
        if (octet != null) TransformKernel<T, TFactor>.Inverse8<InShards, AnyLead>(octet, shardStride, start, stride, stride, factors);
        else if (offset + first == 0) TransformKernel<T, TFactor>.Inverse8<InWork, ZeroLead>(start, stride, start, stride, stride, factors);
        else TransformKernel<T, TFactor>.Inverse8<InWork, AnyLead>(start, stride, start, stride, stride, factors);
    }

    private static void Forward<TRows>(in TRows rows, byte* work, nint pitch, int first, int layers, byte* room) where TRows : struct, IRows
    {
        byte* start = work + first * pitch;
        if (!rows.Any(first, 1 << layers)) return;
        if (layers == 0)
        {
            rows.Write(first, start, pitch);
            return;
        }

        int lower = layers - RadixLog;
        byte* factors = T.Factors(room, first >> lower, RadixLog);
        nint stride = pitch << lower;
        nint shardStride = 0;
        byte* octet = lower == 0 ? rows.Octet(first, out shardStride) : null;
        if (octet != null)
        {
            if (first == 0) TransformKernel<T, TFactor>.Forward8<InShards, ZeroLead>(start, stride, octet, shardStride, stride, factors);
            else TransformKernel<T, TFactor>.Forward8<InShards, AnyLead>(start, stride, octet, shardStride, stride, factors);
            return;
        }
        if (first == 0) TransformKernel<T, TFactor>.Forward8<InWork, ZeroLead>(start, stride, start, stride, stride, factors);
        else TransformKernel<T, TFactor>.Forward8<InWork, AnyLead>(start, stride, start, stride, stride, factors);
        for (int i = 0; i < Radix; i++) Forward(rows, work, pitch, first + (i << lower), lower, room);
    }
}
