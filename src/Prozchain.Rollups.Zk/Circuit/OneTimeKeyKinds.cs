using Prozchain.Zk.Air;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What a row of <see cref="OneTimeKeyAir{TCells}"/> and the next are: bits of degree 1 and what follows from them.</summary>
internal readonly struct OneTimeKeyKinds<TValue> where TValue : struct, IAirExpression<TValue>
{
    public TValue One { get; private init; }

    public TValue StepA { get; private init; }

    public TValue StepB { get; private init; }

    public TValue Absorb { get; private init; }

    public TValue Climb { get; private init; }

    public TValue NextStepA { get; private init; }

    public TValue NextStepB { get; private init; }

    public TValue NextAbsorb { get; private init; }

    public TValue NextClimb { get; private init; }

    /// <summary>A step of either chain.</summary>
    public TValue Step => StepA + StepB;

    /// <summary>Anything but unused.</summary>
    public TValue Any => Step + Absorb + Climb;

    public TValue NextAny => NextStepA + NextStepB + NextAbsorb + NextClimb;

    /// <summary>The next row has to do with chains: a step or an absorption.</summary>
    public TValue NextChains => NextStepA + NextStepB + NextAbsorb;

    /// <summary>The next row is a signature's first: degree 2.</summary>
    public TValue NextStarts => NextChains * (One - Step - Absorb);

    /// <summary>The next row goes on with the same chain: degree 2.</summary>
    public TValue SameChain => StepA * NextStepA + StepB * NextStepB;

    public static OneTimeKeyKinds<TValue> Read<TBuilder>(ref TBuilder b) where TBuilder : struct, IAirBuilder<TValue>, allows ref struct => new()
    {
        One = b.Constant(1),
        StepA = b.Local(OneTimeKeyColumns.StepA),
        StepB = b.Local(OneTimeKeyColumns.StepB),
        Absorb = b.Local(OneTimeKeyColumns.Absorb),
        Climb = b.Local(OneTimeKeyColumns.Climb),
        NextStepA = b.Next(OneTimeKeyColumns.StepA),
        NextStepB = b.Next(OneTimeKeyColumns.StepB),
        NextAbsorb = b.Next(OneTimeKeyColumns.Absorb),
        NextClimb = b.Next(OneTimeKeyColumns.Climb),
    };
}
