namespace Prozchain.DataAvailability.Coding;

/// <summary>What is done at the top of a transform, where the way up and the way down meet.</summary>
internal interface ITopStep
{
    /// <summary>The top layers of the inverse transform.</summary>
    static abstract bool Inverts { get; }

    /// <summary>The formal derivative of all coefficients, between the two.</summary>
    static abstract bool Differentiates { get; }

    /// <summary>The top layers of the forward transform, which starts at element 0.</summary>
    static abstract bool Evaluates { get; }
}

/// <summary>Values to coefficients only: a block of data of which there are several.</summary>
internal readonly struct InvertStep : ITopStep
{
    public static bool Inverts => true;

    public static bool Differentiates => false;

    public static bool Evaluates => false;
}

/// <summary>Coefficients to values only.</summary>
internal readonly struct EvaluateStep : ITopStep
{
    public static bool Inverts => false;

    public static bool Differentiates => false;

    public static bool Evaluates => true;
}

/// <summary>From values at one place to values at element 0 and on: the encoding of a single block of data.</summary>
internal readonly struct ExtendStep : ITopStep
{
    public static bool Inverts => true;

    public static bool Differentiates => false;

    public static bool Evaluates => true;
}

/// <summary>From values to values of the derivative: decoding.</summary>
internal readonly struct DeriveStep : ITopStep
{
    public static bool Inverts => true;

    public static bool Differentiates => true;

    public static bool Evaluates => true;
}
