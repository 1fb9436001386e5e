using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>By which kernels a tape is run.</summary>
internal enum TapeExecution
{
    /// <summary>By generated ones if the work is worth the driver's time to compile them.</summary>
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
internal readonly record struct TapeBuffers(DeviceBuffer Cells, DeviceBuffer Uniforms, DeviceBuffer Factors, DeviceBuffer Outputs);

/// <summary>Kernels that run one tape over a tile of rows.</summary>
internal interface ITapeKernels : IDisposable
{
    /// <summary>log2 of the rows of a tile: as many as an H200 has threads at once, so that what a tile carries stays in its cache.</summary>
    const int LogTile = 18;

    /// <summary>Rows of a launch, at most.</summary>
    int Tile { get; }

    /// <summary>Elements from one output to the next.</summary>
    int Stride { get; }

    /// <summary>Runs the tape over some rows.</summary>
    void Launch(TapeBuffers buffers, int start, int count);
}
