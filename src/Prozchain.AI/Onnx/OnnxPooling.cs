using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Greatest and mean of sliding windows, of any number of dimensions.</summary>
internal static class OnnxPooling
{
    public static void Register(OnnxOperators table)
    {
        table.Add("MaxPool", c => c.Wants(1) ? throw new OnnxRefusal("the indices of the greatest are not offered") : Run(c, OnnxWindow.Of(c, c[0].Dims[2..]), Greatest));
        table.Add("AveragePool", c => Run(c, OnnxWindow.Of(c, c[0].Dims[2..]), c.Int("count_include_pad", 0) != 0 ? MeanOfAll : Mean));
        table.Add("GlobalMaxPool", c => Run(c, OnnxWindow.Whole(c[0].Dims[2..]), Greatest));
        table.Add("GlobalAveragePool", c => Run(c, OnnxWindow.Whole(c[0].Dims[2..]), Mean));
    }

    private static double Greatest(double sum, double greatest, int inside, int counted) => greatest;

    private static double Mean(double sum, double greatest, int inside, int counted) => sum / inside;

    private static double MeanOfAll(double sum, double greatest, int inside, int counted) => sum / counted;

    private static OnnxTensor Run(OnnxCall call, OnnxWindow window, Func<double, double, int, int, double> result)
    {
        OnnxTensor x = call[0];
        int planes = x.Dims[0] * x.Dims[1], pixels = OnnxShapes.Product(window.Input), outputs = window.Outputs, taps = window.Taps;
        OnnxTensor made = OnnxTensor.Zeros(x.Type, [x.Dims[0], x.Dims[1], .. window.Output]);
        call.Spend((double)made.Count * taps);
        int[] places = window.Places(out bool[] counts);
        double[] values = x.Doubles(), results = new double[made.Count];
        for (int p = 0; p < planes; p++)
            for (int o = 0; o < outputs; o++)
            {
                double sum = 0, greatest = double.NegativeInfinity;
                int inside = 0, counted = 0;
                for (int t = 0; t < taps; t++)
                {
                    int at = places[(t * outputs) + o];
                    if (counts[(t * outputs) + o]) counted++;
                    if (at < 0) continue;
                    double value = values[(p * pixels) + at];
                    inside++;
                    sum += value;
                    greatest = Math.Max(greatest, value);
                }
                results[(p * outputs) + o] = result(sum, greatest, inside, counted);
            }
        OnnxElements.Write(made, results);
        return made;
    }
}
