using System.Numerics;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>Makes the step of each node, for the types of its values: the one place where operators meet kernels.</summary>
internal sealed class StepFactory(PreparedGraph prepared, Func<IntegerValue, Operand> operand)
{
    /// <summary>The step of a node, or of a product or convolution with what is fused behind it.</summary>
    /// <param name="node">The node that computes.</param>
    /// <param name="last">The node whose output is written.</param>
    /// <param name="rescaling">The rounding between the two, or null if they are one.</param>
    public Step Make(IntegerNode node, IntegerNode last, Rescaling? rescaling) => node.Kind switch
    {
        OperatorKind.MatMul or OperatorKind.Conv => X(node).Type == ElementType.I8 ? Product<sbyte>(node, last, rescaling) : Product<short>(node, last, rescaling),
        OperatorKind.BatchMatMul => X(node).Type == ElementType.I8
            ? new BatchMatMulStep<sbyte>(node, Input(node, 0), Input(node, 1), Output(node))
            : new BatchMatMulStep<short>(node, Input(node, 0), Input(node, 1), Output(node)),
        OperatorKind.Concat => new ConcatStep(node, [.. node.Inputs.ToArray().Select(operand)], Output(node)),
        OperatorKind.Positions => new PositionsStep(node, Output(node)),
        OperatorKind.Gather => node.Inputs[1].Type switch
        {
            ElementType.I8 => new GatherStep<sbyte>(node, Input(node, 0), Input(node, 1), Output(node)),
            ElementType.I16 => new GatherStep<short>(node, Input(node, 0), Input(node, 1), Output(node)),
            _ => new GatherStep<int>(node, Input(node, 0), Input(node, 1), Output(node)),
        },
        _ => X(node).Type switch
        {
            ElementType.I8 => OfInput<sbyte>(node),
            ElementType.I16 => OfInput<short>(node),
            _ => OfInput<int>(node),
        },
    };

    private Step OfInput<TX>(IntegerNode node) where TX : unmanaged, IBinaryInteger<TX>, IMinMaxValue<TX>
    {
        Operand x = Input(node, 0), y = Output(node);
        return node.Kind switch
        {
            OperatorKind.AddScaled or OperatorKind.Multiply => node.Inputs[1].Type switch
            {
                ElementType.I8 => OfPair<TX, sbyte>(node),
                ElementType.I16 => OfPair<TX, short>(node),
                _ => OfPair<TX, int>(node),
            },
            OperatorKind.MaxPool => new MaxPoolStep<TX>(node, x, y, Window(node)),
            OperatorKind.SumPool => new SumPoolStep<TX>(node, x, y, Window(node)),
            OperatorKind.ReduceSum when TrailingSum(node) is { } row => new SumPoolStep<TX>(node, x, y, row),
            OperatorKind.ReduceSum => new ReduceStep<TX, int>(node, x, y),
            OperatorKind.ReduceMax => new ReduceStep<TX, TX>(node, x, y),
            OperatorKind.ArgMax => new ArgMaxStep<TX>(node, x, y),
            OperatorKind.Rotary => new RotaryStep<TX>(node, x, Input(node, 1), Input(node, 2), Input(node, 3), y),
            OperatorKind.Slice or OperatorKind.Transpose or OperatorKind.Expand or OperatorKind.Reshape => new CopyStep<TX>(node, x, y, View(node)),
            OperatorKind.Pad => new PadStep<TX>(node, x, y),
            _ => y.Value.Type switch
            {
                ElementType.I8 => OfTypes<TX, sbyte>(node, x, y),
                ElementType.I16 => OfTypes<TX, short>(node, x, y),
                _ => OfTypes<TX, int>(node, x, y),
            },
        };
    }

    private Step OfTypes<TX, TY>(IntegerNode node, Operand x, Operand y)
        where TX : unmanaged, IBinaryInteger<TX>, IMinMaxValue<TX>
        where TY : unmanaged, IBinaryInteger<TY> => node.Kind switch
    {
        OperatorKind.Requantise => new RequantiseStep<TX, TY>(node, x, y, Rescaling.Of(node), 1),
        OperatorKind.RequantiseChannels => new RequantiseStep<TX, TY>(node, x, y, Rescaling.Of(node), GraphLimits.Product(y.Value.Shape[((int)node.Attributes[1] + 1)..])),
        OperatorKind.Lookup => new LookupStep<TX, TY>(node, x, Input(node, 1), y),
        OperatorKind.Clip => new ClipStep<TX, TY>(node, x, y),
        OperatorKind.Softmax => new SoftmaxStep<TX, TY>(node, x, y),
        OperatorKind.Attention => new AttentionStep<TY>(node, x, Input(node, 1), Input(node, 2), y, prepared.Graph.ContextCapacity),
        _ => new NormStep<TX, TY>(node, x, y),
    };

    private Step OfPair<TX, TY>(IntegerNode node)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        // The kernels let the second value repeat: what is spread out comes second.
        Operand x = Input(node, 0), y = Input(node, 1), z = Output(node);
        bool turned = !y.IsShared && (x.IsShared || x.Elements < y.Elements);
        if (node.Kind == OperatorKind.Multiply)
            return turned ? new BinaryStep<TY, TX, int>(node, y, x, z, new MultiplyKernel<TY, TX>()) : new BinaryStep<TX, TY, int>(node, x, y, z, new MultiplyKernel<TX, TY>());
        return z.Value.Type switch
        {
            ElementType.I8 => Sum<TX, TY, sbyte>(node, turned),
            ElementType.I16 => Sum<TX, TY, short>(node, turned),
            _ => Sum<TX, TY, int>(node, turned),
        };
    }

    private BinaryStep<TX, TY, TZ> SumOf<TX, TY, TZ>(IntegerNode node, Operand x, Operand y, ScaledSum sum)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
        where TZ : unmanaged, IBinaryInteger<TZ> => new(node, x, y, Output(node), new ScaledSumKernel<TX, TY, TZ>(sum));

    private Step Sum<TX, TY, TZ>(IntegerNode node, bool turned)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
        where TZ : unmanaged, IBinaryInteger<TZ>
    {
        ReadOnlySpan<long> a = node.Attributes;
        var sum = new ScaledSum((int)a[1], (int)a[2], (int)a[3], (int)a[4], (int)a[5], (int)a[6]);
        return turned
            ? SumOf<TY, TX, TZ>(node, Input(node, 1), Input(node, 0), sum with { MultiplierX = sum.MultiplierY, MultiplierY = sum.MultiplierX })
            : SumOf<TX, TY, TZ>(node, Input(node, 0), Input(node, 1), sum);
    }

    private Step Product<TX>(IntegerNode node, IntegerNode last, Rescaling? rescaling) where TX : unmanaged, IBinaryInteger<TX> => last.Output.Type switch
    {
        ElementType.I8 => Product<TX, sbyte>(node, last, rescaling!),
        ElementType.I16 => Product<TX, short>(node, last, rescaling!),
        _ => Product<TX, int>(node, last, Rescaling.None),
    };

    private Step Product<TX, TY>(IntegerNode node, IntegerNode last, Rescaling rescaling)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY> => node.Kind == OperatorKind.MatMul
        ? new MatMulStep<TX, TY>(last, node, prepared.WeightsOf<GemmWeights>(node), Input(node, 0), Output(last), rescaling)
        : new ConvStep<TX, TY>(last, node, prepared.WeightsOf<ConvolutionWeights>(node), Input(node, 0), Output(last), rescaling);

    private static WindowShape Window(IntegerNode node) => WindowRules.Read(X(node), (int)node.Attributes[0], (int)node.Attributes[1], node.Attributes[2..]);

    /// <summary>A sum over the last axes as a window over each row, or null.</summary>
    private static WindowShape? TrailingSum(IntegerNode node)
    {
        IntegerValue x = X(node);
        int count = x.Elements / node.Output.Elements, axes = System.Numerics.BitOperations.PopCount((ulong)node.Attributes[0]);
        return node.Attributes[0] != ((1L << axes) - 1) << (x.Rank - axes) ? null : new WindowShape { Height = 1, Width = count, KernelHeight = 1, KernelWidth = count };
    }

    private static StridedView View(IntegerNode node)
    {
        IntegerValue x = X(node);
        ReadOnlySpan<long> a = node.Attributes;
        if (node.Kind == OperatorKind.Expand) return StridedView.Broadcast(x.Shape, node.Output.Shape);
        if (node.Kind == OperatorKind.Reshape) return new StridedView([x.Elements], [1], 0);
        int[] own = StridedView.Contiguous(x.Shape), strides = new int[own.Length];
        int offset = 0;
        for (int i = 0; i < own.Length; i++)
        {
            strides[i] = node.Kind == OperatorKind.Transpose ? own[(int)a[i]] : own[i] * (int)a[3 * i + 2];
            if (node.Kind == OperatorKind.Slice) offset += own[i] * (int)a[3 * i];
        }
        return new StridedView(node.Output.Shape, strides, offset);
    }

    private static IntegerValue X(IntegerNode node) => node.Inputs[0];

    private Operand Input(IntegerNode node, int index) => operand(node.Inputs[index]);

    private Operand Output(IntegerNode node) => operand(node.Output);
}
