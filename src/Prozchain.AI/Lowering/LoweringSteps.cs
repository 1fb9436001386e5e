using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Real numbers from one way of standing in integers to another.</summary>
internal static class LoweringSteps
{
    extension(LoweringRun run)
    {
        /// <summary>A value of real numbers in the graph: a constant is quantised on the way, with steps of its own.</summary>
        public Lowered Real(int index)
        {
            Lowered input = run.Input(index);
            if (input.Real is not null) return input;
            if (input.Value is not null) throw new OnnxRefusal($"expected floats, got {input.Type}: integers of the source are offered in the quantised operators and in masks only");
            OnnxTensor tensor = LoweringRun.Floats(input);
            return tensor.Type.IsFloat() ? run.Quantised(tensor) : throw new OnnxRefusal($"expected floats, got {tensor.Type}");
        }

        /// <summary>As <see cref="Real"/>, in 8 bits.</summary>
        public Lowered Byte(int index) => run.Byte(run.Real(index));

        /// <summary>A constant of floats, symmetric in 8 bits or 16; what is above <paramref name="most"/> saturates.</summary>
        public Lowered Quantised(OnnxTensor tensor, bool wide = false, double most = double.PositiveInfinity)
        {
            double[] values = tensor.Doubles();
            var steps = Quantisation.Symmetric(values.Length == 0 ? 0 : Math.Min(values.Max(Math.Abs), most), wide);
            return run.Constant(tensor.Dims, [.. values.Select(v => double.IsNaN(v) ? 0 : steps.Of(v))], steps);
        }

        /// <summary>A constant in the steps given.</summary>
        public Lowered Constant(int[] dims, int[] elements, Quantisation steps) => Lowered.Of(run.Constant(dims, elements, steps.Type), steps);

        public IntegerValue Constant(int[] dims, int[] elements, ElementType type) => type switch
        {
            ElementType.I8 => run.Graph.Constant([.. elements.Select(e => (sbyte)e)], dims),
            ElementType.I16 => run.Graph.Constant([.. elements.Select(e => (short)e)], dims),
            _ => run.Graph.Constant(elements, dims),
        };

        /// <summary>The elements less their zero point, in a type that holds them.</summary>
        public IntegerValue Centred(Lowered value)
        {
            Quantisation steps = value.Real!.Value;
            IntegerValue elements = value.Elements;
            if (steps.Zero == 0) return elements;
            ElementType type = elements.Type == ElementType.I8 ? ElementType.I16 : ElementType.I32;
            return run.Graph.Requantise(elements, 1 << 30, 30, -steps.Zero, checked(elements.Min - steps.Zero), checked(elements.Max - steps.Zero), type);
        }

        /// <summary>Elements that stand for their number times a scale, in the steps of the target: one scale, or one for each index of the axis.</summary>
        public Lowered Rescaled(IntegerValue value, ReadOnlySpan<double> scales, int axis, Quantisation target)
        {
            if (scales.Length == 1)
            {
                var ratio = Ratio.Of(scales[0] / target.Scale);
                return Lowered.Of(run.Graph.Requantise(value, ratio.Multiplier, ratio.Shift, target.Zero, target.Low, target.High, target.Type), target);
            }
            var multipliers = new int[scales.Length];
            var shifts = new sbyte[scales.Length];
            for (int i = 0; i < scales.Length; i++)
            {
                var ratio = Ratio.Of(scales[i] / target.Scale);
                (multipliers[i], shifts[i]) = (ratio.Multiplier, (sbyte)ratio.Shift);
            }
            IntegerValue made = run.Graph.RequantiseChannels(
                value, run.Graph.Constant(multipliers, scales.Length), run.Graph.Constant(shifts, scales.Length), axis, target.Zero, target.Low, target.High, target.Type);
            return Lowered.Of(made, target);
        }

        /// <summary>Real numbers in other steps; in the same, kept within their bounds.</summary>
        public Lowered Converted(Lowered value, Quantisation target)
        {
            Quantisation steps = value.Real!.Value;
            IntegerValue elements = value.Elements;
            if (steps.Scale == target.Scale && steps.Zero == target.Zero && elements.Type == target.Type)
                return Lowered.Of(elements.Min >= target.Low && elements.Max <= target.High ? elements : run.Graph.Clip(elements, target.Low, target.High, target.Type), target);
            return elements.Type == ElementType.I8 && target.Type == ElementType.I8 ? run.Table(value, v => v, target) : run.Rescaled(run.Centred(value), [steps.Scale], 0, target);
        }

        /// <summary>A function of one element as a table over the elements of 8 or 16 bits: rounded to the nearest, ties to even.</summary>
        public Lowered Table(Lowered value, Func<double, double> function, Quantisation target)
        {
            if (value.Elements.Type == ElementType.I32) value = run.Narrowed(value);
            Quantisation steps = value.Real!.Value;
            IntegerValue elements = value.Elements;
            return Lowered.Of(run.Looked(elements, [.. Places(elements).Select(e => Entry((float)function((float)steps.Real(e))))], target.Type), target);

            int Entry(double real) => double.IsNaN(real) ? target.Zero : target.Of(real);
        }

        /// <summary>The entries that an element names.</summary>
        public IntegerValue Looked(IntegerValue elements, int[] entries, ElementType type) => run.Graph.Lookup(elements, run.Constant([entries.Length], entries, type));

        private Lowered Narrowed(Lowered value)
        {
            Quantisation steps = value.Real!.Value;
            double greatest = Math.Max(Math.Abs(steps.Real(value.Elements.Min)), Math.Abs(steps.Real(value.Elements.Max)));
            return run.Rescaled(run.Centred(value), [steps.Scale], 0, Quantisation.Symmetric(greatest, wide: true));
        }
    }

    /// <summary>For each entry of a table the element it is for; where the value's interval has none, the nearest that it has.</summary>
    public static IEnumerable<int> Places(IntegerValue elements)
    {
        int count = elements.Type == ElementType.I8 ? 256 : 65_536, least = -count / 2;
        return Enumerable.Range(least, count).Select(e => Math.Clamp(e, elements.Min, elements.Max));
    }
}
