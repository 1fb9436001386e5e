using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>By which kernels a tape is run.</summary>
internal enum TapeExecution
{
    /// <summary>By generated ones if they are loaded already, or the work is worth the driver's time to compile them and it does not refuse.</summary>
    Fitting,

    /// <summary>By the kernel that reads tapes, which is always there.</summary>
    Interpreted,

    /// <summary>By generated ones.</summary>
    Generated,
}

/// <summary>What a tape works on, on the device.</summary>
/// <param name="Cells">Where cells are: <see cref="CellColumn"/>.</param>
/// <param name="Uniforms">Values that all rows share.</param>
/// <param name="Factors">Factors of sums.</param>
/// <param name="Outputs">The wanted slots, each Stride elements after the one before.</param>
/// <param name="Matrices">Where cells of a block are, again.</param>
internal readonly record struct TapeBuffers(DeviceBuffer Cells, DeviceBuffer Uniforms, DeviceBuffer Factors, DeviceBuffer Outputs, TapeMatrices Matrices);

/// <summary>The matrices that a block's cells are of.</summary>
internal readonly record struct TapeMatrices(TapeMatrix Main, TapeMatrix Preprocessed, TapeMatrix Lookup);

/// <summary>Columns of a block.</summary>
/// <param name="Address">The first value of column 0.</param>
/// <param name="Stride">Bytes from a column to the next, below 2^32: a column has at most 2^27 values, by the fields' two-adicity.</param>
internal readonly record struct TapeMatrix(ulong Address, uint Stride)
{
    /// <summary>The address of a column.</summary>
    public ulong Column(int column) => Address + (ulong)column * Stride;
}

/// <summary>Kernels that run one tape over a tile of rows.</summary>
internal interface ITapeKernels : IDisposable
{
    /// <summary>log2 of the rows of a tile: as many as an H200 has threads at once, so that what a tile carries stays in its cache.</summary>
    const int LogTile = 18;

    /// <summary>Bytes of what a tile carries, at most, unless few rows take more.</summary>
    const long ScratchLimit = 256L << 20;

    /// <summary>log2 of the rows of a tile whose rows each carry some values, of 2^logSize rows in all.</summary>
    static int LogTileOf(long values, int logSize)
    {
        int logTile = Math.Min(LogTile, logSize);
        while (logTile > 7 && values * DeviceMatrix.ElementSize << logTile > ScratchLimit) logTile--;
        return logTile;
    }

    /// <summary>Rows of a launch, at most.</summary>
    int Tile { get; }

    /// <summary>Elements from one output to the next.</summary>
    int Stride { get; }

    /// <summary>Where a cell's values are, as the kernels read it.</summary>
    (ulong Column, ulong Choice) Words(CellColumn column) => column.Words;

    /// <summary>Runs the tape over some rows.</summary>
    void Launch(TapeBuffers buffers, int start, int count);
}
