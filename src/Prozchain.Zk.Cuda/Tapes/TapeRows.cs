namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>The order of the rows that a tape runs over: see <see cref="Stark.RunOrder"/>.</summary>
internal readonly record struct TapeRows
{
    // What the kernels know natural order by.
    private const int NaturalStep = -1;

    private TapeRows(int logSize, int logStep) => (LogSize, LogStep) = (logSize, logStep);

    /// <summary>log2 of their number.</summary>
    public int LogSize { get; }

    /// <summary>log2 of the points that the next row is on by, or what stands for natural order.</summary>
    public int LogStep { get; }

    /// <summary>Whether kernels take the next row for that of the next position.</summary>
    public bool IsNatural => LogStep == NaturalStep;

    /// <summary>Whether the rows are too few to have their next ones among them, whose values then lie apart.</summary>
    public bool IsWindow { get; private init; }

    /// <summary>Rows of a trace.</summary>
    public static TapeRows Natural(int logSize) => new(logSize, NaturalStep);

    /// <summary>Points of a block, of which the first of each 2^(logBlock - logRows) neighbours by index is a row apart from the next such.</summary>
    public static TapeRows BitReversed(int logBlock, int logRows) => new(logBlock, logBlock - logRows);

    /// <summary>Fewer points than the trace has rows.</summary>
    public static TapeRows Window(int logSize) => new(logSize, NaturalStep) { IsWindow = true };

    /// <summary>A column that repeats: one period in natural order, or what stands for neighbouring positions (<see cref="Stark.PeriodicColumns"/>).</summary>
    /// <param name="address">The values.</param>
    /// <param name="logLength">log2 of their number.</param>
    public CellColumn Repeated(ulong address, int logLength) =>
        IsNatural && !IsWindow ? new(address, (1u << logLength) - 1, 0, IsNext: false) : new(address, uint.MaxValue, LogSize - logLength, IsNext: false);
}

/// <summary>Where a cell's values are: that of position p, or of the next row's, is number (p >> Shift) and Mask from the address on.</summary>
internal readonly record struct CellColumn(ulong Address, uint Mask, int Shift, bool IsNext)
{
    /// <summary>Whether the next rows' values lie apart, those of position p at p.</summary>
    public bool IsApart { get; private init; }

    /// <summary>A column with a value for each row.</summary>
    public static CellColumn Of(ulong address, bool isNext) => new(address, uint.MaxValue, 0, isNext);

    /// <summary>A column of the next rows' values: <see cref="TapeRows.IsWindow"/>.</summary>
    public static CellColumn Apart(ulong address) => Of(address, isNext: false) with { IsApart = true };

    /// <summary>As kernels read it, in two words of 64 bits.</summary>
    public (ulong Column, ulong Choice) Words => (Address, Mask | ((ulong)(uint)Shift | (IsNext ? 1UL << 31 : 0)) << 32);
}
