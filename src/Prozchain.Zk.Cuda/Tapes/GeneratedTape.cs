using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>A tape as kernels of its own, which the driver compiles once for a device and program: <see cref="TapePtx"/>.</summary>
internal sealed class GeneratedTape : ITapeKernels
{
    private readonly DeviceSession _session;
    private readonly TapeRows _rows;
    private readonly KernelName[] _kernels;
    private readonly DeviceBuffer _carried;

    private GeneratedTape(DeviceSession session, TapeRows rows, Summary summary)
    {
        (_session, _rows) = (session, rows);
        _kernels = [.. Enumerable.Range(0, summary.Kernels).Select(i => new KernelName(summary.Module, $"{TapePtx.Name}_{i}"))];
        Tile = 1 << ITapeKernels.LogTileOf(summary.Homes, rows.LogSize);
        _carried = session.Allocate(Math.Max(1L, summary.Homes) * Tile * DeviceMatrix.ElementSize, "values carried from kernel to kernel");
    }

    /// <inheritdoc/>
    public int Tile { get; }

    /// <inheritdoc/>
    public int Stride => Tile;

    /// <summary>The kernels, loaded; or null if they are not wanted, or the driver refuses them now or did before, and others will do.</summary>
    /// <param name="session">Owns the memory; its device keeps the kernels.</param>
    /// <param name="program">The program.</param>
    /// <param name="tape">It, lowered.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="words">Slots from the first E slot on that are wanted.</param>
    /// <param name="execution">What is wanted.</param>
    /// <exception cref="CudaException">The driver refuses them, and nothing else will do.</exception>
    public static GeneratedTape? TryMake<TField, TParameters>(DeviceSession session, TapeProgram program, LoweredTape tape, TapeRows rows, int words, TapeExecution execution)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        if (execution == TapeExecution.Interpreted) return null;
        KernelTable kernels = session.Device.Kernels;
        ConditionalWeakTable<TapeProgram, Summary> known = rows.IsNatural ? Known<TField, TParameters>.Natural : Known<TField, TParameters>.OnBlocks;
        if (!known.TryGetValue(program, out Summary? summary) || !kernels.Has(summary.Module))
        {
            if (execution == TapeExecution.Fitting && ((long)tape.Instructions.Count << rows.LogSize < session.Device.LeastTapeWork || (summary is not null && kernels.HasRefused(summary.Module)))) return null;
            TapeSegments segments = new(tape, TParameters.Degree, [.. Enumerable.Range(tape.FirstExtension, words)]);
            TapePtx text = TapePtx.Of(tape, PtxField.Of<TField, TParameters>(), LoweredTape.Constants<TField>(program, TParameters.Degree), rows.IsNatural, segments);
            byte[] image = Encoding.ASCII.GetBytes(text.Text + '\0');
            summary = new($"tape-{Convert.ToHexStringLower(SHA256.HashData(image))}", text.Kernels, segments.Homes);
            known.AddOrUpdate(program, summary);
            try
            {
                kernels.Add(summary.Module, image);
            }
            catch (CudaException) when (execution == TapeExecution.Fitting && kernels.HasRefused(summary.Module))
            {
                return null;
            }
        }
        return new(session, rows, summary);
    }

    /// <inheritdoc/>
    /// <remarks>Straight-line code knows which cells are the next rows', and reads those of position p at p + 1.</remarks>
    public (ulong Column, ulong Choice) Words(CellColumn column) =>
        (column.IsApart ? column with { Address = column.Address - DeviceMatrix.ElementSize } : column).Words;

    /// <inheritdoc/>
    public void Launch(TapeBuffers buffers, int start, int count)
    {
        foreach (KernelName kernel in _kernels)
        {
            _session.Launch(
                kernel, new((count + TapePtx.Threads - 1) / TapePtx.Threads, TapePtx.Threads), buffers.Cells, buffers.Uniforms, buffers.Factors, _carried, buffers.Outputs,
                Stride, start, count, _rows.IsWindow ? _rows.LogSize + 1 : _rows.LogSize, _rows.LogStep, buffers.Matrices.Main.Address, buffers.Matrices.Main.Stride,
                buffers.Matrices.Preprocessed.Address, buffers.Matrices.Preprocessed.Stride, buffers.Matrices.Lookup.Address, buffers.Matrices.Lookup.Stride);
        }
    }

    public void Dispose() => _carried.Dispose();

    // What is left of a program's kernels once a device has them.
    private sealed record Summary(string Module, int Kernels, int Homes);

    private static class Known<TField, TParameters>
    {
        public static ConditionalWeakTable<TapeProgram, Summary> Natural { get; } = [];

        public static ConditionalWeakTable<TapeProgram, Summary> OnBlocks { get; } = [];
    }
}
