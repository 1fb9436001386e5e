using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>
/// Runs a program over rows on a device, a tile of rows at a time: what its first E slots hold then lies in <see cref="Outputs"/>, which
/// is small enough for the device's cache. Not thread-safe.
/// </summary>
internal sealed class TapeRunner<TField, TParameters> : IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private readonly DeviceSession _session;
    private readonly LoweredTape _tape;
    private readonly ITapeKernels _kernels;
    private readonly DeviceBuffer _cells, _uniforms, _factors;
    private TapeMatrices _matrices;

    /// <param name="session">Owns the memory.</param>
    /// <param name="program">The program.</param>
    /// <param name="values">What is the same for all rows.</param>
    /// <param name="lookupColumns">See <see cref="LoweredTape.Of"/>.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="outputs">How many of the program's E slots are wanted.</param>
    /// <param name="execution">By which kernels.</param>
    public TapeRunner(DeviceSession session, TapeProgram program, TapeValues<TField, TParameters> values, int lookupColumns, TapeRows rows, int outputs, TapeExecution execution = default)
    {
        _session = session;
        _tape = LoweredTape.Of(program, lookupColumns, TParameters.Degree);
        int words = outputs * TParameters.Degree;
        string prefix = KernelPrefix.Of<TField, TParameters>();
        _kernels = GeneratedTape.TryMake<TField, TParameters>(session, program, _tape, rows, words, execution) ?? (ITapeKernels)new TapeInterpreter(session, _tape, prefix, rows, words);
        Outputs = session.Allocate((long)words * Stride * DeviceMatrix.ElementSize, "a tile of sums");
        _cells = session.Allocate(Math.Max(1, _tape.Cells.Length) * 16L, "where cells are");
        _uniforms = session.Upload<TField>(LoweredTape.Uniforms(values), "uniform values");
        _factors = session.Upload<TField>(LoweredTape.Factors(values), "factors of sums");
    }

    /// <summary>Bytes that one takes at most, by whichever kernels.</summary>
    /// <param name="program">The program.</param>
    /// <param name="lookupColumns">See <see cref="LoweredTape.Of"/>.</param>
    /// <param name="logSize">log2 of the rows.</param>
    /// <param name="outputs">How many E slots are wanted.</param>
    public static long Bytes(TapeProgram program, int lookupColumns, int logSize, int outputs)
    {
        var tape = LoweredTape.Of(program, lookupColumns, TParameters.Degree);
        long tile = 1L << Math.Min(ITapeKernels.LogTile, logSize), carried = Math.Min(tape.Slots * tile * DeviceMatrix.ElementSize, Math.Max(ITapeKernels.ScratchLimit, tape.Slots * (DeviceMatrix.ElementSize << 7)));
        long ofOutputs = outputs * TParameters.Degree * Math.Max(tile, TapeInterpreter.StrideOf(tape, logSize)) * DeviceMatrix.ElementSize;
        // Uniform values are those of the program and what its sums start from, an element of the extension for each.
        long uniforms = program.Uniforms.Length + (long)TParameters.Degree * program.ExtensionSlots, factors = (long)TParameters.Degree * tape.Terms.Length;
        return Math.Max(TapeInterpreter.Bytes(tape, logSize), carried) + ofOutputs + 16L * (tape.Cells.Length + 1) + DeviceMatrix.ElementSize * (uniforms + factors + 2);
    }

    /// <summary>Rows of a tile, at most.</summary>
    public int Tile => _kernels.Tile;

    /// <summary>Elements from one coordinate of <see cref="Outputs"/> to the next.</summary>
    public int Stride => _kernels.Stride;

    /// <summary>Coordinate k of E slot e begins at element (e * degree + k) * <see cref="Stride"/>.</summary>
    public DeviceBuffer Outputs { get; }

    /// <summary>Says where the values of the cells are.</summary>
    /// <param name="columns">Of each cell.</param>
    /// <param name="matrices">The same, for rows of a block.</param>
    public void Point(Func<LoweredCell, CellColumn> columns, TapeMatrices matrices = default)
    {
        _matrices = matrices;
        var words = new ulong[2 * _tape.Cells.Length];
        for (int i = 0; i < _tape.Cells.Length; i++) (words[2 * i], words[2 * i + 1]) = _kernels.Words(columns(_tape.Cells[i]));
        _session.Write<ulong>(_cells, 0, words);
    }

    /// <summary>Runs it over some rows.</summary>
    /// <param name="start">The first.</param>
    /// <param name="count">How many, at most <see cref="Tile"/>.</param>
    public void Execute(int start, int count) => _kernels.Launch(new(_cells, _uniforms, _factors, Outputs, _matrices), start, count);

    public void Dispose()
    {
        foreach (DeviceBuffer buffer in (ReadOnlySpan<DeviceBuffer>)[Outputs, _cells, _uniforms, _factors]) buffer.Dispose();
        _kernels.Dispose();
    }
}
