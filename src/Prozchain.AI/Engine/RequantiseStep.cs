using System.Numerics;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>The rounding alone, over blocks of elements, or over runs of one channel.</summary>
internal sealed class RequantiseStep<TX, TY>(IntegerNode node, Operand x, Operand y, Rescaling rescaling, int inner) : Step(node)
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
{
    private const int Block = 1024;
    private readonly int _block = rescaling.Channels == 1 ? Block : inner;

    public override int Units(int batch) => (batch * y.Elements + _block - 1) / _block;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        if (x.IsShared)
        {
            for (int i = first * _block; i < Math.Min((first + count) * _block, frame.Batch * y.Elements); i++)
            {
                int at = i % x.Elements;
                y.All<TY>(frame.Batch)[i] = TY.CreateTruncating(rescaling.Kernel.Apply(int.CreateTruncating(x.All<TX>(1)[at]), at / inner % rescaling.Channels));
            }
            return;
        }
        ReadOnlySpan<TX> from = x.All<TX>(frame.Batch);
        Span<TY> to = y.All<TY>(frame.Batch);
        int end = (int)Math.Min((long)(first + count) * _block, to.Length);
        if (rescaling.Channels == 1)
        {
            Elements.Requantise(from[(first * _block)..end], rescaling.Kernel, 1, to[(first * _block)..end]);
            return;
        }
        // A range may begin and end within the channels: then these are their own roundings.
        for (int run = first, left = count; left > 0;)
        {
            int channel = run % rescaling.Channels;
            int runs = channel != 0 || left < rescaling.Channels ? Math.Min(left, rescaling.Channels - channel) : left / rescaling.Channels * rescaling.Channels;
            Requantisation part = runs <= rescaling.Channels ? rescaling.Part(channel, runs) : rescaling.Kernel;
            Elements.Requantise(from.Slice(run * inner, runs * inner), part, inner, to.Slice(run * inner, runs * inner));
            run += runs;
            left -= runs;
        }
    }
}
