#pragma once

namespace learning_loop {

class AnnotationNodes;
class ConnectedNodes;
class NodeHub;
namespace http {
class Router;
}

/// Trainers and annotation nodes are listed, restarted and forgotten. The parts must outlive the router.
void add_node_api(http::Router& router, NodeHub& hub, ConnectedNodes& nodes);

/// What people do over an image is passed on to an annotation node. The nodes must outlive the router.
void add_user_input_api(http::Router& router, AnnotationNodes& annotation_nodes);

} // namespace learning_loop
