namespace Prozchain.AI.Engine;

/// <summary>Slices, transpositions and repetitions: a strided copy.</summary>
internal sealed class CopyStep<T>(IntegerNode node, Operand x, Operand y, StridedView view) : Step(node) where T : unmanaged
{
    public override int Units(int batch) => batch * view.Rows;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        while (count > 0)
        {
            (int instance, int row) = Math.DivRem(first, view.Rows);
            int rows = Math.Min(count, view.Rows - row);
            view.Copy<T>(x.Of<T>(instance), y.Of<T>(instance), row, rows);
            first += rows;
            count -= rows;
        }
    }
}
