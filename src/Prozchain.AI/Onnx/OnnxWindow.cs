using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>The geometry of a sliding window over the dimensions behind batch and channel, of any number.</summary>
internal sealed class OnnxWindow
{
    private OnnxWindow(int[] input, int[] kernel)
    {
        Input = input;
        Kernel = kernel;
        Strides = Filled(1);
        Dilations = Filled(1);
        Before = Filled(0);
        After = Filled(0);
        Output = Filled(0);
    }

    public int[] Input { get; }

    public int[] Kernel { get; }

    public int[] Strides { get; private set; }

    public int[] Dilations { get; private set; }

    public int[] Before { get; private set; }

    public int[] After { get; private set; }

    public int[] Output { get; }

    public int Outputs => OnnxShapes.Product(Output);

    public int Taps => OnnxShapes.Product(Kernel);

    /// <summary>The window that a call's attributes describe; the kernel is theirs unless it is given.</summary>
    public static OnnxWindow Of(OnnxCall call, int[] input, int[]? kernel = null)
    {
        kernel ??= OnnxShapes.ToInts(call.Ints("kernel_shape") ?? throw new OnnxRefusal("attribute 'kernel_shape' is missing"));
        var window = new OnnxWindow(input, kernel);
        window.Strides = window.Read(call, "strides", 1);
        window.Dilations = window.Read(call, "dilations", 1);
        string auto = call.Text("auto_pad", "NOTSET");
        if (auto == "NOTSET" && call.Ints("pads") is { } pads)
        {
            if (pads.Length != 2 * input.Length) throw new OnnxRefusal($"expected {2 * input.Length} pads, got {pads.Length}");
            window.Before = OnnxShapes.ToInts(pads.AsSpan(0, input.Length));
            window.After = OnnxShapes.ToInts(pads.AsSpan(input.Length));
        }
        for (int d = 0; d < input.Length; d++) window.Measure(d, auto, call.Int("ceil_mode", 0) != 0);
        call.Spend((double)window.Taps * window.Outputs * Math.Max(input.Length, 1));
        return window;
    }

    /// <summary>A window over all of the input.</summary>
    public static OnnxWindow Whole(int[] input)
    {
        var window = new OnnxWindow(input, input);
        Array.Fill(window.Output, 1);
        return window;
    }

    /// <summary>For each tap, then for each output: the index of the element there, or -1 in the padding.</summary>
    public int[] Places(out bool[] counted)
    {
        if ((long)Taps * Outputs > OnnxLimits.MaxElements) throw new OnnxRefusal($"a window of {Taps} taps at {Outputs} places is above {OnnxLimits.MaxElements}");
        var places = new int[Taps * Outputs];
        counted = new bool[places.Length];
        Array.Fill(counted, true);
        int inner = 1, tapStride = 1, outStride = 1;
        for (int d = Input.Length - 1; d >= 0; d--)
        {
            for (int tap = 0; tap < Taps; tap++)
                for (int o = 0; o < Outputs; o++)
                {
                    int at = (tap * Outputs) + o;
                    long position = ((long)(o / outStride % Output[d]) * Strides[d]) + ((long)(tap / tapStride % Kernel[d]) * Dilations[d]) - Before[d];
                    counted[at] &= position < Input[d] + (long)After[d];
                    if (places[at] >= 0) places[at] = position < 0 || position >= Input[d] ? -1 : places[at] + (int)(position * inner);
                }
            inner *= Input[d];
            tapStride *= Kernel[d];
            outStride *= Math.Max(Output[d], 1);
        }
        return places;
    }

    private void Measure(int d, string auto, bool ceiling)
    {
        if (Kernel[d] < 1 || Strides[d] < 1 || Dilations[d] < 1 || Before[d] < 0 || After[d] < 0) throw new OnnxRefusal("expected a kernel, strides and dilations of at least 1 and no negative pads");
        long span = ((long)(Kernel[d] - 1) * Dilations[d]) + 1, size;
        if (auto is "SAME_UPPER" or "SAME_LOWER")
        {
            size = (Input[d] + (long)Strides[d] - 1) / Strides[d];
            long pad = Math.Max(0, ((size - 1) * Strides[d]) + span - Input[d]), less = pad / 2;
            (Before[d], After[d]) = auto == "SAME_UPPER" ? ((int)less, (int)(pad - less)) : ((int)(pad - less), (int)less);
        }
        else
        {
            long room = Input[d] + (long)Before[d] + After[d] - span;
            size = room < 0 ? 0 : ((ceiling ? room + Strides[d] - 1 : room) / Strides[d]) + 1;
            // A window that would start in the padding behind is none.
            if (ceiling && size > 0 && (size - 1) * Strides[d] >= Input[d] + (long)Before[d]) size--;
        }
        Output[d] = size <= OnnxLimits.MaxElements ? (int)size : throw new OnnxRefusal("a window's output is too large");
    }

    private int[] Read(OnnxCall call, string name, int otherwise)
    {
        if (call.Ints(name) is not { } given) return Filled(otherwise);
        return given.Length == Input.Length ? OnnxShapes.ToInts(given) : throw new OnnxRefusal($"expected {Input.Length} {name}, got {given.Length}");
    }

    private int[] Filled(int value)
    {
        var values = new int[Input.Length];
        Array.Fill(values, value);
        return Kernel.Length == Input.Length ? values : throw new OnnxRefusal($"expected a kernel of {Input.Length} dimensions, got {Kernel.Length}");
    }
}
