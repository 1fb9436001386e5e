using Prozchain.Zk.Air;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Tapes;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>What work must do at least.</summary>
/// <param name="Bytes">Read from and written to the device's memory.</param>
/// <param name="Operations">Instructions on integers of 32 bits, as <see cref="HashCost"/> counts them.</param>
/// <param name="IsLogic">Whether most are logical functions and shifts; else they are products and sums.</param>
internal readonly record struct WorkCost(long Bytes, long Operations, bool IsLogic = false)
{
    /// <summary>Of a sum or difference in the field, a product there, a product that is added to a sum, and the reduction of such a sum: Kernels/field.cuh.</summary>
    public const int Sum = 3, Product = 6, AddProduct = 3, Reduction = 5;

    private const int ElementSize = DeviceMatrix.ElementSize;

    public static WorkCost operator *(WorkCost cost, long times) => cost with { Bytes = cost.Bytes * times, Operations = cost.Operations * times };

    public static WorkCost operator +(WorkCost a, WorkCost b) => a with { Bytes = a.Bytes + b.Bytes, Operations = a.Operations + b.Operations };

    /// <summary>Of a product over an extension: Kernels/extension.cuh.</summary>
    public static int ExtensionProduct(int degree) => degree * degree * AddProduct + (2 * degree - 1) * Reduction + (degree - 1) * (Product + Sum);

    /// <summary>Of the extension of one column: the passes of Kernels/transforms.cu, and a product and two sums for each pair of values and level.</summary>
    public static WorkCost Extension(int logRows, int logBlowup)
    {
        long rows = 1L << logRows, cosets = 1L << logBlowup, passes = TransformPass.Plan(logRows).Length;
        long elements = 2 * (passes - 1) * (1 + cosets) + 1 + cosets;
        return new(rows * elements * ElementSize, rows / 2 * logRows * (1 + cosets) * (Product + 2 * Sum));
    }

    /// <summary>Of a tree over rows of one matrix.</summary>
    public static WorkCost Tree(HashCost row, HashCost node, long height, bool isLogic) =>
        new(row.Bytes * height + node.Bytes * (height - 1), row.Operations * height + node.Operations * (height - 1), isLogic);

    /// <summary>Of running a tape over one row: each of its columns is read once, and what it leaves is written.</summary>
    public static WorkCost Tape(LoweredTape tape, int degree, int outputs)
    {
        long operations = 0;
        foreach (LoweredInstruction instruction in tape.Instructions) operations += Of(instruction, degree);
        int columns = tape.Cells.Where(cell => cell.Source != CellSource.Periodic).Select(cell => (cell.Source, cell.Column)).Distinct().Count();
        return new((columns + outputs * degree) * ElementSize, operations);
    }

    /// <summary>Of 1 / (z - x) over an extension, from the polynomials of Kernels/points.cuh, with three products for the inverse of the norm in a batch.</summary>
    public static int PointInverse(int degree) => (degree * degree + degree + 3) * Product + degree * degree * Sum;

    /// <summary>Of values of columns at a point from weights, for one row.</summary>
    public static WorkCost Opening(int columns, int degree) => new((columns + degree) * ElementSize, (long)columns * degree * AddProduct);

    /// <summary>Of the combination of columns at points into a codeword, for one row.</summary>
    public static WorkCost Combination(int columns, int points, int degree) =>
        new((columns + (1 + 2 * points) * degree) * ElementSize, (long)points * (columns * degree * AddProduct + PointInverse(degree) + ExtensionProduct(degree)));

    /// <summary>Of the fold of one row of 2^logArity values: for each pair two products of the base with an extension, one of extensions, three sums.</summary>
    public static WorkCost Fold(int logArity, int degree)
    {
        int pairs = (1 << logArity) - 1;
        return new(((1L << logArity) + 1) * degree * ElementSize, (long)pairs * (ExtensionProduct(degree) + degree * (2 * Product + 3 * Sum)));
    }

    /// <summary>Of the inverse of one value in a batch: of each four products come up, and go down twice, and a third is added for the levels above.</summary>
    public static WorkCost Inverse(int degree) => new((3 * 4 + 2) * degree * ElementSize / 3, (3 + 2 + 6) * ExtensionProduct(degree) / 3);

    private static long Of(LoweredInstruction instruction, int degree) => instruction.Kind switch
    {
        LoweredKind.Fold => degree * ((long)instruction.B.Index * AddProduct + Reduction + Sum),
        LoweredKind.MultiplyExtension => ExtensionProduct(degree),
        _ => instruction.First switch
        {
            FirstOperation.Multiply => Product,
            FirstOperation.Xor => Product + 3 * Sum,
            _ => Sum,
        } + instruction.Then switch
        {
            ThenOperation.None => 0,
            ThenOperation.Multiply => Product,
            _ => Sum,
        },
    };
}
