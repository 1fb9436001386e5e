using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>How a proof stays within a budget of a device's memory, chosen once before it takes any.</summary>
/// <param name="IsResident">Whether extended columns stay on the device; else they are made again in pieces of columns and windows of rows.</param>
/// <param name="LogPieces">log2 of the windows of a block of the quotient's domain; more of them go with smaller pieces of columns.</param>
/// <param name="PieceBytes">Bytes of columns on their way from the host.</param>
/// <param name="MakesTraces">Whether traces that are described are made on the device, for lookups once more; not in pieces, whose columns the host has.</param>
/// <param name="Bytes">What is taken at most; 0 where nobody has reckoned it.</param>
internal sealed record DevicePlan(bool IsResident, int LogPieces, long PieceBytes, bool MakesTraces = false, long Bytes = 0)
{
    private const int MostLogPieces = 10, LeastLogWindow = 4;

    // Small enough that what is between two passes stays in the device's cache, large enough that launches cost little.
    private const long CachedBytes = 8 << 20;

    /// <summary>For work that is not a proof's: all stays, whatever it takes.</summary>
    public static DevicePlan Unplanned { get; } = new(IsResident: true, 0, CachedBytes, MakesTraces: true);

    /// <summary>What all would take that stays; the same as <see cref="Bytes"/> if it does.</summary>
    public long ResidentBytes { get; private init; }

    /// <summary>The first way, from the fastest on, that takes no more than the budget.</summary>
    /// <param name="layout">The proof's dimensions.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="multiprocessors">Of the device.</param>
    /// <param name="budget">Bytes.</param>
    /// <param name="traces">Its traces, if some may be described.</param>
    /// <exception cref="CudaException">The budget is less than any way takes.</exception>
    public static DevicePlan Of<TField, TParameters, TTree>(ProofLayout<TField> layout, BackendSettings settings, int multiprocessors, long budget, IReadOnlyList<Trace<TField>>? traces = null)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField>
    {
        long resident = 0, least = long.MaxValue;
        // What hides is interleaved with random values on the host.
        TraceSource<TField>?[] described = layout.ZeroKnowledge || traces is null ? [] : DeviceTraces.Of(traces);
        foreach (DevicePlan way in Ways(layout, described.Any(source => source is not null)))
        {
            long bytes = new DeviceBytes<TField, TParameters, TTree>(layout, way, settings.LogBlowup, multiprocessors, way.MakesTraces ? described : []).Peak;
            if (way.IsResident) resident = bytes;
            if (bytes <= budget) return way with { Bytes = bytes, ResidentBytes = resident };
            least = Math.Min(least, bytes);
        }
        throw new CudaException(
            (int)CudaStatus.OutOfMemory, $"Expected a budget of at least {least} bytes of the device's memory for this proof, {resident} for it to go at once, got {budget}.");
    }

    /// <summary>log2 of the points of a window.</summary>
    /// <param name="logDegree">log2 of the points of a block.</param>
    public int LogWindow(int logDegree) => Math.Max(Math.Min(LeastLogWindow, logDegree), logDegree - LogPieces);

    /// <summary>Columns that are hashed together.</summary>
    /// <param name="width">All columns of a height.</param>
    /// <param name="step">What pieces of a row are cut at multiples of.</param>
    public int HashedColumns(long width, int step) => (int)Math.Min(width, step * Math.Max(1, (width / step) >> (LogPieces + 2)));

    private static IEnumerable<DevicePlan> Ways<TField>(ProofLayout<TField> layout, bool isDescribed) where TField : unmanaged, ITwoAdicField<TField>
    {
        long column = 0, widest = 0;
        foreach (OpeningSlot slot in layout.Slots)
        {
            long bytes = (long)DeviceMatrix.ElementSize << layout.LogDegree(slot.Table);
            (column, widest) = (Math.Max(column, bytes), Math.Max(widest, bytes * slot.Width));
        }
        DevicePlan resident = new(true, 0, Math.Max(column, Math.Min(CachedBytes, widest)));
        if (isDescribed) yield return resident with { MakesTraces = true };
        yield return resident;
        for (int logPieces = 0; logPieces <= MostLogPieces; logPieces++)
            yield return new(false, logPieces, Math.Max(column, Math.Min(4 * CachedBytes, widest >> (logPieces + 3))));
    }
}
