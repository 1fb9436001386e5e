namespace Prozchain.Zk.Air;

/// <summary>Ways to say common constraints. Each adds one constraint or one interaction unless it says otherwise.</summary>
public static class AirBuilderExtensions
{
    extension<TBuilder, TValue>(ref TBuilder builder)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        /// <summary>Demands that an expression is zero on every row.</summary>
        public void AssertZero(TValue value, string label, int index = -1) => builder.AssertZero(Rows.All, value, label, index);

        /// <summary>Demands that an expression is zero on every row where a condition is not. Degrees add up.</summary>
        public void AssertZeroWhen(TValue condition, TValue value, string label, int index = -1) =>
            builder.AssertZero(Rows.All, condition * value, label, index);

        /// <summary>Demands that two expressions are equal on some rows.</summary>
        public void AssertEqual(Rows rows, TValue left, TValue right, string label, int index = -1) => builder.AssertZero(rows, left - right, label, index);

        /// <summary>Demands that an expression is 0 or 1 on every row.</summary>
        public void AssertBoolean(TValue value, string label, int index = -1) => builder.AssertZero(Rows.All, value * value - value, label, index);

        /// <summary>Sends a message whose multiplicity the constraints keep from 0 to <paramref name="bound"/>.</summary>
        public void Send(Bus bus, TValue multiplicity, scoped ReadOnlySpan<TValue> message, uint bound = 1) =>
            builder.Interact(bus, BusDirection.Send, multiplicity, message, bound);

        /// <summary>Receives a message; see <see cref="IAirBuilder{TValue}.Interact"/> on the bound.</summary>
        public void Receive(Bus bus, TValue multiplicity, scoped ReadOnlySpan<TValue> message, uint bound = 0) =>
            builder.Interact(bus, BusDirection.Receive, multiplicity, message, bound);
    }
}
