using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>How values that constraints are evaluated in meet the challenge field: the same field for a verifier, the base field for a prover.</summary>
internal interface ILift<TValue, TExt>
{
    static abstract TExt Lift(TValue value);

    static abstract TExt Scale(TExt left, TValue right);
}

internal readonly struct LiftBase<TField, TExt> : ILift<TField, TExt>
    where TField : struct, IField<TField>
    where TExt : struct, IExtensionField<TExt, TField>
{
    public static TExt Lift(TField value) => TExt.FromBase(value);

    public static TExt Scale(TExt left, TField right) => left * right;
}

internal readonly struct LiftNone<TExt> : ILift<TExt, TExt> where TExt : struct, IField<TExt>
{
    public static TExt Lift(TExt value) => value;

    public static TExt Scale(TExt left, TExt right) => left * right;
}
