namespace Prozchain.Zk.Air;

/// <summary>
/// What the constraints of an AIR are written over: field elements (<see cref="FieldValue{TField}"/>), vectors of them,
/// elements of an extension, or nodes of a graph (<see cref="SymbolicValue"/>). A commutative ring and nothing more, so
/// that every expression is a polynomial.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IAirExpression<TSelf> where TSelf : struct, IAirExpression<TSelf>
{
    /// <summary>The sum.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>The difference.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The product.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>The negative.</summary>
    static abstract TSelf operator -(TSelf value);
}
