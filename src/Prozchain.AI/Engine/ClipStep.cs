using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>A clamp into another type, over blocks of elements.</summary>
internal sealed class ClipStep<TX, TY>(IntegerNode node, Operand x, Operand y) : Step(node)
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
{
    private const int Block = 1024;
    private readonly int _low = (int)node.Attributes[1];
    private readonly int _high = (int)node.Attributes[2];

    public override int Units(int batch) => (batch * y.Elements + Block - 1) / Block;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        ReadOnlySpan<TX> from = x.All<TX>(frame.Batch);
        Span<TY> to = y.All<TY>(frame.Batch);
        int end = Math.Min((first + count) * Block, to.Length);
        for (int i = first * Block; i < end; i++) to[i] = TY.CreateTruncating(Math.Clamp(int.CreateTruncating(from[x.IsShared ? i % from.Length : i]), _low, _high));
    }
}
