using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>A tape that a kernel reads instruction by instruction: tape.cu.</summary>
internal sealed class TapeInterpreter : ITapeKernels
{
    // Rows of a thread, as the kernel has it.
    private const int Rows = 2;

    // A device of compute capability 7.5 has so much shared memory a block.
    private const int SharedLimit = 64 << 10;

    private readonly DeviceSession _session;
    private readonly KernelName _kernel;
    private readonly TapeRows _rows;
    private readonly LoweredTape _tape;
    private readonly DeviceBuffer _code, _terms;
    private readonly DeviceBuffer? _scratch;
    private readonly int _threads, _sharedBytes, _words;

    /// <param name="session">Owns the memory.</param>
    /// <param name="tape">The program.</param>
    /// <param name="prefix">Of the kernels' names.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="words">Slots of the program's E slots that are wanted.</param>
    public TapeInterpreter(DeviceSession session, LoweredTape tape, string prefix, TapeRows rows, int words)
    {
        (_session, _tape, _rows, _words) = (session, tape, rows, words);
        _kernel = KernelPrefix.Of("tape", prefix, "tape");
        (_threads, _sharedBytes, Tile, Stride, long scratch) = Plan(tape, rows.LogSize);
        if (scratch > 0) _scratch = session.Allocate(scratch, "the values of a tile of rows");
        var code = new uint[4 * tape.Instructions.Count];
        for (int i = 0; i < tape.Instructions.Count; i++) (code[4 * i], code[4 * i + 1], code[4 * i + 2], code[4 * i + 3]) = tape.Instructions[i].Words;
        _code = session.Upload<uint>(code, "a tape");
        _terms = session.Upload<uint>(tape.Terms.Select(term => term.Packed).ToArray(), "terms of sums");
    }

    /// <summary>Bytes of its own that it takes at most.</summary>
    public static long Bytes(LoweredTape tape, int logSize) => Plan(tape, logSize).Scratch + 16L * tape.Instructions.Count + Math.Max(1, 4L * tape.Terms.Length);

    /// <summary>Elements from one output to the next.</summary>
    public static int StrideOf(LoweredTape tape, int logSize) => Plan(tape, logSize).Stride;

    /// <inheritdoc/>
    public int Tile { get; }

    /// <inheritdoc/>
    public int Stride { get; }

    /// <inheritdoc/>
    public void Launch(TapeBuffers buffers, int start, int count)
    {
        int block = _threads * Rows;
        _session.Launch(
            _kernel, new((count + block - 1) / block, _threads, _sharedBytes), _code, _tape.Instructions.Count, buffers.Cells, _terms, buffers.Uniforms, buffers.Factors,
            _scratch?.Address ?? 0, buffers.Outputs, _tape.FirstExtension, _words, Stride, start, _rows.LogSize, _rows.LogStep);
    }

    private static (int Threads, int SharedBytes, int Tile, int Stride, long Scratch) Plan(LoweredTape tape, int logSize)
    {
        long bytes = (long)tape.Slots * Rows * DeviceMatrix.ElementSize;
        int threads = bytes * 64 <= SharedLimit || bytes * 32 > SharedLimit ? 64 : 32;
        bool isShared = bytes * threads <= SharedLimit;
        int logTile = ITapeKernels.LogTileOf(isShared ? 0 : tape.Slots, logSize);
        int block = threads * Rows, stride = ((1 << logTile) + block - 1) / block * block;
        return (threads, isShared ? (int)bytes * threads : 0, 1 << logTile, stride, isShared ? 0 : (long)tape.Slots * stride * DeviceMatrix.ElementSize);
    }

    public void Dispose()
    {
        _code.Dispose();
        _terms.Dispose();
        _scratch?.Dispose();
    }
}
