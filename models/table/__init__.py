"""The table of rainfall amounts: how deep every low point would stand under rain that has not fallen, from the core's physics."""
