using System.Numerics;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>A table over blocks of elements.</summary>
internal sealed class LookupStep<TX, TY>(IntegerNode node, Operand x, Operand table, Operand y) : Step(node)
    where TX : unmanaged, IBinaryInteger<TX>, IMinMaxValue<TX>
    where TY : unmanaged
{
    private const int Block = 1024;

    public override int Units(int batch) => x.IsShared ? batch : (batch * y.Elements + Block - 1) / Block;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        ReadOnlySpan<TY> entries = table.All<TY>(1);
        if (x.IsShared)
        {
            for (int i = first; i < first + count; i++) Elements.Lookup<TX, TY>(x.Of<TX>(i), entries, y.Of<TY>(i));
            return;
        }
        Span<TY> to = y.All<TY>(frame.Batch);
        int end = Math.Min((first + count) * Block, to.Length);
        Elements.Lookup<TX, TY>(x.All<TX>(frame.Batch)[(first * Block)..end], entries, to[(first * Block)..end]);
    }
}
