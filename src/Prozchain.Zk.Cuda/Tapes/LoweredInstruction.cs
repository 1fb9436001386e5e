namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>What an instruction of a <see cref="LoweredTape"/> does.</summary>
internal enum LoweredKind
{
    /// <summary>Slot T = A first B, then C.</summary>
    Combine,

    /// <summary>The slots T and on, one for each coordinate, += Σ of B terms from A on, each times its factors.</summary>
    Fold,

    /// <summary>The slots T and on, as an element of the extension, *= those from slot A on.</summary>
    MultiplyExtension,
}

/// <summary>What is done to A and B. The kernels know the numbers.</summary>
internal enum FirstOperation
{
    Add,
    Subtract,
    Multiply,

    /// <summary>A + B - 2 A B.</summary>
    Xor,
}

/// <summary>What is done to the result x and C. The kernels know the numbers.</summary>
internal enum ThenOperation
{
    /// <summary>x.</summary>
    None,

    /// <summary>x + C.</summary>
    Add,

    /// <summary>x - C.</summary>
    Subtract,

    /// <summary>C - x.</summary>
    SubtractFrom,

    /// <summary>x C.</summary>
    Multiply,
}

/// <summary>Where an operand is. The kernels know the numbers.</summary>
internal enum PlaceKind
{
    /// <summary>A value of the row, computed before.</summary>
    Slot,

    /// <summary>A value of a column.</summary>
    Cell,

    /// <summary>A value that is the same for all rows.</summary>
    Uniform,
}

/// <summary>An operand of a <see cref="LoweredInstruction"/>.</summary>
/// <param name="Kind">Where it is.</param>
/// <param name="Index">Its number there, below 2^30.</param>
internal readonly record struct TapePlace(PlaceKind Kind, int Index)
{
    /// <summary>As kernels read it: the kind in the two highest bits.</summary>
    public uint Packed => (uint)Kind << 30 | (uint)Index;

    public static TapePlace Slot(int index) => new(PlaceKind.Slot, index);

    public static TapePlace Cell(int index) => new(PlaceKind.Cell, index);

    public static TapePlace Uniform(int index) => new(PlaceKind.Uniform, index);
}

/// <summary>An instruction; see <see cref="LoweredKind"/>.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Target">The slot written, or the first of them.</param>
/// <param name="A">The first operand; of a fold the number of the first term, of a product the first slot.</param>
/// <param name="B">The second operand; of a fold the number of terms.</param>
/// <param name="C">The third operand, unless <paramref name="Then"/> is none.</param>
/// <param name="First">What is combined first.</param>
/// <param name="Then">What is combined then.</param>
internal readonly record struct LoweredInstruction(
    LoweredKind Kind, int Target, TapePlace A, TapePlace B = default, TapePlace C = default, FirstOperation First = default, ThenOperation Then = default)
{
    /// <summary>The four words that the interpreting kernel reads.</summary>
    public (uint Operation, uint A, uint B, uint C) Words
    {
        get
        {
            uint operation = Kind switch
            {
                LoweredKind.Combine => (uint)First | (uint)Then << 2,
                LoweredKind.Fold => 32,
                _ => 33,
            };
            return (operation | (uint)Target << 8, A.Packed, B.Packed, C.Packed);
        }
    }
}

/// <summary>Which columns a cell is of.</summary>
internal enum CellSource
{
    Main,
    Preprocessed,
    Lookup,
    Periodic,
}

/// <summary>A value that a row reads.</summary>
/// <param name="Source">Which columns.</param>
/// <param name="Column">The base column among them.</param>
/// <param name="IsNext">Whether it is the next row's.</param>
internal readonly record struct LoweredCell(CellSource Source, int Column, bool IsNext);
